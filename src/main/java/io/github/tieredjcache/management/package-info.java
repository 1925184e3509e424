/**
 * The MXBeans of caches and managers, in the JMX domain {@code io.github.tieredjcache}: interfaces and result types,
 * for consoles and for proxies that {@code javax.management.JMX.newMXBeanProxy} creates.
 *
 * <pre>{@code
 * ObjectName name = new ObjectName("io.github.tieredjcache:type=Cache,CacheManager=…,Cache=orders");
 * TieredCacheMXBean bean = JMX.newMXBeanProxy(connection, name, TieredCacheMXBean.class);
 * KeyExplanation explanation = bean.explain("4711");
 * }</pre>
 *
 * <p>Architecture: the package {@code jcache} implements the beans. Only these two packages use {@code
 * javax.management}.
 */
@NullMarked
package io.github.tieredjcache.management;

import org.jspecify.annotations.NullMarked;
