/**
 * What JMX shows of caches and managers, in the domain {@code io.github.tieredjcache}: the interfaces of the beans and what they
 * answer, for consoles and for proxies made by {@code javax.management.JMX.newMXBeanProxy}.
 *
 * <p>Under the roof; the beans themselves are the roof's. Beside that, this package alone sees {@code javax.management}.
 */
@NullMarked
package io.github.tieredjcache.management;

import org.jspecify.annotations.NullMarked;
