/**
 * The monotonic clock, the throttled log, and helpers for messages and {@code unwrap}.
 *
 * <p>Ground of the internal packages: it sees nothing of this project.
 */
@NullMarked
package io.github.tieredjcache.internal.support;

import org.jspecify.annotations.NullMarked;
