/**
 * The implementations of the interfaces of {@code javax.cache}, and the assembly of the tiers behind them.
 *
 * <p>Architecture: the facade checks arguments and forwards; the engine implements the operations. Only {@link
 * io.github.tieredjcache.jcache.CacheAssembly} assembles the tiers. Only this package and the package {@code
 * management}, whose interfaces the beans of this package implement, use {@code javax.management}. No other package
 * uses this one.
 */
@NullMarked
package io.github.tieredjcache.jcache;

import org.jspecify.annotations.NullMarked;
