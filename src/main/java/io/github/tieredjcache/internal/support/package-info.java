/**
 * The monotonic clock and the throttled log.
 *
 * <p>Ground of the internal packages: it sees nothing of this project.
 */
@NullMarked
package io.github.tieredjcache.internal.support;

import org.jspecify.annotations.NullMarked;
