/**
 * What the paths of the engine share: its components, copies by value, notifications, and batches of calls under one
 * lease.
 *
 * <p>Floor 3, below the paths; it sees the verification and the floors below.
 */
@NullMarked
package io.github.tieredjcache.internal.engine.common;

import org.jspecify.annotations.NullMarked;
