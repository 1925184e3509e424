package io.github.tieredjcache.examples.observability;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import io.github.tieredjcache.micrometer.TieredCacheMetrics;
import io.micrometer.core.instrument.Clock;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The same binder on the way to OpenTelemetry: what is posted to a collector. */
class OpenTelemetryTest {
    private final List<String> posted = new CopyOnWriteArrayList<>();

    @Test
    void aCollectorReceivesTheMetersByTheirNames() throws Exception {
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/metrics", this::take);
        collector.start();
        String url = "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/metrics";
        try (TieredCachingProvider provider = new TieredCachingProvider()) {
            var registry = new OtlpMeterRegistry(Map.of("otlp.url", url)::get, Clock.SYSTEM);
            var cache = provider.getCacheManager()
                    .createCache(
                            "orders",
                            TieredConfiguration.builder(String.class, Order.class)
                                    .redisUri("")
                                    .readThrough(OrderTable::new)
                                    .build());
            TieredCacheMetrics.monitor(registry, cache);
            cache.get("1");
            // Publishes what has not been.
            registry.close();
        } finally {
            collector.stop(0);
        }
        // The names stand in the protocol's messages as they are.
        String all = String.join("", posted);
        for (String name : List.of(
                "tiered.cache.near.hits",
                "tiered.cache.near.latency",
                "tiered.cache.loads",
                "tiered.cache.remote.unavailable",
                "orders")) {
            assertTrue(all.contains(name), name);
        }
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            assertEquals("application/x-protobuf", exchange.getRequestHeaders().getFirst("Content-Type"));
            posted.add(new String(exchange.getRequestBody().readAllBytes(), ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
        }
    }
}
