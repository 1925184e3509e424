/**
 * Objects to bytes and back, and copies of objects. {@code Codecs} is the door to the rooms behind.
 *
 * <p>It opens no socket and starts no thread. It may see the ground package and {@code javax.cache}'s exceptions.
 * What it promises its callers: equal keys are equal bytes in every JVM; a value either round-trips or is refused
 * when it is encoded; bytes from outside end in a value or in one checked exception, within time and memory bounded
 * by their length, whatever code of the user throws; no class is loaded that the rules of the
 * cache do not name.
 */
@NullMarked
package io.github.tieredjcache.internal.codec;

import org.jspecify.annotations.NullMarked;
