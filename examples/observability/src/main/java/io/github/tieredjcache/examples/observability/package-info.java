/**
 * A shop on two nodes whose caches can be watched: {@code /metrics} for Prometheus, with alerts and a Grafana dashboard beside it.
 *
 * <p>What a service would write is {@code ShopNode} and {@code MetricsEndpoint}. {@code Customers} are the traffic, {@code Mishaps}
 * what must be seen, and {@code Main} runs all of it.
 */
@NullMarked
package io.github.tieredjcache.examples.observability;

import org.jspecify.annotations.NullMarked;
