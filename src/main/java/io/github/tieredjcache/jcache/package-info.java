/**
 * The roof: the classes of {@code javax.cache} that applications meet, and the wiring of the tiers behind them.
 *
 * <p>The facade checks and forwards; what operations mean is the engine's business.
 * {@link io.github.tieredjcache.jcache.CacheAssembly} is the one place where the tiers are put together. With the package
 * {@code management}, whose interfaces the beans here implement, the only one that sees {@code javax.management}.
 */
@NullMarked
package io.github.tieredjcache.jcache;

import org.jspecify.annotations.NullMarked;
