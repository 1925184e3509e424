/**
 * What codecs promise: interfaces, rules, signatures, and the exceptions of what cannot be written or read.
 *
 * <p>Floor 1. It sees the ground package.
 */
@NullMarked
package io.github.tieredjcache.internal.codec.api;

import org.jspecify.annotations.NullMarked;
