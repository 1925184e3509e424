/**
 * Objects to bytes and back, and copies of objects. {@code Codecs} is the entry point to the packages below.
 *
 * <p>The codec opens no socket and starts no thread. It may see the ground package, the package {@code framework} and the exceptions of {@code
 * javax.cache}. Its guarantees:
 *
 * <ul>
 *   <li>Equal keys have equal bytes in every JVM.
 *   <li>A value either round-trips or is refused when it is encoded.
 *   <li>Bytes from outside yield a value or one checked exception, within time and memory that their length bounds,
 *       even if code of the user throws.
 *   <li>Only classes that the rules of the cache name are loaded.
 * </ul>
 */
@NullMarked
package io.github.tieredjcache.internal.codec;

import org.jspecify.annotations.NullMarked;
