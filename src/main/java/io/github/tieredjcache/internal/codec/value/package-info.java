/**
 * Values to bytes and back, with a header that has a checksum or a signature; and copies of values.
 *
 * <p>Floor 1, above the codec's graph package.
 */
@NullMarked
package io.github.tieredjcache.internal.codec.value;

import org.jspecify.annotations.NullMarked;
