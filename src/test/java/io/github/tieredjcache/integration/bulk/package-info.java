/** Calls with many keys and with large values. */
@NullMarked
package io.github.tieredjcache.integration.bulk;

import org.jspecify.annotations.NullMarked;
