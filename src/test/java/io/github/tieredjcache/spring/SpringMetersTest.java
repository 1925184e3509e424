package io.github.tieredjcache.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

/** The meters that Spring Boot binds to its registries, as it does each bean of the type MeterBinder. */
class SpringMetersTest {

    @Test
    void eachCacheIsMeasuredByTier() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (ShopNode node = new ShopNode(new Shop())) {
            node.bean(MeterBinder.class).bindTo(registry);
            node.shop().find(1);
            node.shop().find(1);
            node.shop().find(1);
            // The registry reads this gauge first, and finds the cache that was created on first use.
            assertEquals(1, registry.get("tiered.cache.caches").gauge().value());
            assertEquals(2, value(registry, "tiered.cache.near.hits"));
            assertEquals(1, value(registry, "tiered.cache.loads"));
        }
    }

    private static double value(SimpleMeterRegistry registry, String name) {
        return registry.get(name)
                .tag("cache", "products")
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }
}
