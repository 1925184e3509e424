/** Keys and values as they are stored in Redis, and nodes whose classes or codecs differ. */
@NullMarked
package io.github.tieredjcache.integration.codec;

import org.jspecify.annotations.NullMarked;
