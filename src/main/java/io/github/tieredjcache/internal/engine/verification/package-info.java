/**
 * The verification of hits in the background: near copies against Redis, and entries of Redis against the source.
 *
 * <p>Floor 3, the lowest of the engine's rooms.
 */
@NullMarked
package io.github.tieredjcache.internal.engine.verification;

import org.jspecify.annotations.NullMarked;
