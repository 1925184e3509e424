/**
 * Public API of Tiered JCache: configuration, settings, codecs, per-tier statistics and exceptions.
 *
 * <p>Tiered JCache is a JCache (JSR-107) provider with three tiers: <em>near</em> (memory of this process, by
 * Caffeine), <em>remote</em> (Redis or Valkey, shared by all nodes) and <em>source</em> (the {@code CacheLoader} and
 * {@code CacheWriter} of the application). An application obtains the provider from {@link
 * javax.cache.Caching#getCachingProvider()} and works with the interfaces of {@code javax.cache}; this package adds the
 * settings that JCache does not have:
 *
 * <pre>{@code
 * CacheManager manager = Caching.getCachingProvider().getCacheManager();
 * Cache<String, Order> orders = manager.createCache(
 *         "orders",
 *         TieredConfiguration.builder(String.class, Order.class)
 *                 .redisUri("redis://localhost:6379")
 *                 .nearMaximumSize(50_000)
 *                 .expiry(TouchedExpiryPolicy.factoryOf(new Duration(TimeUnit.HOURS, 1)))
 *                 .readThrough(FactoryBuilder.factoryOf(OrderLoader.class))
 *                 .build());
 * Order order = orders.get("4711"); // near tier, else Redis, else OrderLoader
 * TierStatistics statistics = orders.unwrap(TierStatistics.class);
 * }</pre>
 *
 * <table>
 *   <caption>Where to start</caption>
 *   <tr><th scope="col">task</th><th scope="col">type</th></tr>
 *   <tr><td>configure a cache in code</td><td>{@link io.github.tieredjcache.TieredConfiguration.Builder}</td></tr>
 *   <tr><td>look up a setting</td><td>{@link io.github.tieredjcache.TieredSetting}</td></tr>
 *   <tr><td>read the settings in force</td><td>{@link io.github.tieredjcache.TieredSettings}</td></tr>
 *   <tr><td>choose the behaviour during an outage</td><td>{@link io.github.tieredjcache.OutagePolicy}</td></tr>
 *   <tr><td>catch the failures of Redis by {@code outage.policy = fail}</td><td>{@link
 *       io.github.tieredjcache.RemoteUnavailableException}, {@link io.github.tieredjcache.OutcomeUnknownException},
 *       {@link io.github.tieredjcache.LeaseLostException}, {@link
 *       io.github.tieredjcache.RemoteOutOfMemoryException}</td></tr>
 *   <tr><td>read hits, latencies and outages by tier</td><td>{@link io.github.tieredjcache.TierStatistics}</td></tr>
 *   <tr><td>export them to Prometheus or OpenTelemetry</td><td>the package {@code micrometer}</td></tr>
 *   <tr><td>inspect a key on call</td><td>the package {@code management}</td></tr>
 *   <tr><td>store values as JSON or in another format</td><td>{@link io.github.tieredjcache.TieredCodec}</td></tr>
 *   <tr><td>give keys texts of your own</td><td>{@link io.github.tieredjcache.TieredKeyEncoder}</td></tr>
 * </table>
 *
 * <p>Parameters and results are never null unless they are marked {@code @Nullable} or their documentation states it.
 * Caches and managers may be used by many threads at once. Sizes are in bytes.
 *
 * <p>Architecture: every package may use this one. This package uses no other package of the library, and no library
 * but {@code javax.cache}.
 */
@NullMarked
package io.github.tieredjcache;

import org.jspecify.annotations.NullMarked;
