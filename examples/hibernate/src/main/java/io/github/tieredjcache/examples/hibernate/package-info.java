/**
 * A shop that keeps its products with Hibernate, whose second-level cache two JVMs share.
 *
 * <p>What a service would write is {@code Shop} with the entities, and the two files {@code META-INF/persistence.xml} and
 * {@code tiered-jcache.conf}. {@code ShopNode} is another JVM that executes commands, and {@code Main} runs all of it.
 */
@NullMarked
package io.github.tieredjcache.examples.hibernate;

import org.jspecify.annotations.NullMarked;
