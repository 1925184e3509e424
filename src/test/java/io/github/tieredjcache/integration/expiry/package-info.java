/** When entries expire, and what that costs. */
@NullMarked
package io.github.tieredjcache.integration.expiry;

import org.jspecify.annotations.NullMarked;
