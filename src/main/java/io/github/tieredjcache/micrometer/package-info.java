/**
 * Per-tier statistics as meters of Micrometer, for Prometheus, OpenTelemetry and every other registry of Micrometer.
 *
 * <pre>{@code
 * TieredCacheMetrics.monitor(registry, manager);
 * }</pre>
 *
 * <p>Architecture: this package unwraps {@link io.github.tieredjcache.TierStatistics} from a {@code javax.cache.Cache},
 * and {@link io.github.tieredjcache.management.TieredCacheManagerMXBean} from a {@code javax.cache.CacheManager}; it does
 * not use the package {@code jcache}. Micrometer is an optional dependency, and only this package and {@code
 * spring} use it: no other package loads these classes, so an application without Micrometer works.
 */
@NullMarked
package io.github.tieredjcache.micrometer;

import org.jspecify.annotations.NullMarked;
