/**
 * Per-tier statistics as meters of Micrometer, for Prometheus, OpenTelemetry and whatever else it has a registry for.
 *
 * <p>On the roof beside {@code jcache}, which it does not see: it reads {@link io.github.tieredjcache.TierStatistics} from any
 * {@code javax.cache.Cache} that has them. The only package that sees Micrometer, an optional dependency: who does not have it
 * on the class path must not load these classes, and nothing else here does.
 */
@NullMarked
package io.github.tieredjcache.micrometer;

import org.jspecify.annotations.NullMarked;
