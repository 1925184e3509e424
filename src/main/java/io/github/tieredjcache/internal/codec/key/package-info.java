/**
 * Keys to bytes and back: equal keys are equal bytes in every JVM.
 *
 * <p>Floor 1, above the codec's graph package.
 */
@NullMarked
package io.github.tieredjcache.internal.codec.key;

import org.jspecify.annotations.NullMarked;
