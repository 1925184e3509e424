/**
 * The contracts of the codecs: interfaces, rules, signatures, and the exceptions for objects and bytes that are
 * refused.
 *
 * <p>Floor 1. It sees the ground package.
 */
@NullMarked
package io.github.tieredjcache.internal.codec.api;

import org.jspecify.annotations.NullMarked;
