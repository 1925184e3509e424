package io.github.tieredjcache.examples.integrations.micronaut;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.tieredjcache.examples.integrations.Cluster;
import io.github.tieredjcache.examples.integrations.Patience;
import io.micronaut.context.ApplicationContext;
import javax.cache.CacheManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Micronaut on two nodes. */
class MicronautTest {
    /** What a slow machine does must not look like an outage. */
    private static final String PATIENT = "redis.command-timeout=5s";

    private final Cluster cluster = new Cluster();
    private ApplicationContext one;
    private ApplicationContext other;
    private Forecasts here;
    private Forecasts there;

    @BeforeEach
    void starts() {
        one = MicronautDemo.node(cluster.node("micronaut.conf", PATIENT));
        other = MicronautDemo.node(cluster.node("micronaut.conf", PATIENT));
        here = one.getBean(Forecasts.class);
        there = other.getBean(Forecasts.class);
    }

    @AfterEach
    void ends() {
        one.close();
        other.close();
        cluster.close();
    }

    @Test
    void aValueComputedByOneNodeIsReadByTheOther() {
        String forecast = here.tomorrow("Berlin");
        assertEquals(forecast, here.tomorrow("Berlin"));
        assertEquals(forecast, there.tomorrow("Berlin"));
        assertNotEquals(forecast, there.tomorrow("Rome"));
        assertEquals(1, here.computed());
        assertEquals(1, there.computed());
    }

    @Test
    void severalParametersAreAKeyToo() {
        String forecast = here.onDay("Berlin", 3);
        assertEquals(forecast, there.onDay("Berlin", 3));
        assertEquals(0, there.computed());
        assertNotEquals(forecast, there.onDay("Berlin", 4));
    }

    @Test
    void putsAndInvalidationsReachTheOtherNode() throws Exception {
        String forecast = here.tomorrow("Berlin");
        assertEquals(forecast, there.tomorrow("Berlin"));
        there.correct("Berlin", "sun");
        Patience.until(
                "node 1 has the correction", () -> here.tomorrow("Berlin").equals("sun"));
        there.forget("Berlin");
        Patience.until("node 1 has forgotten it", () -> !here.tomorrow("Berlin").equals("sun"));
        int computed = here.computed();
        there.forgetAll();
        Patience.until("node 1 has forgotten all", () -> {
            here.tomorrow("Berlin");
            return here.computed() == computed + 1;
        });
    }

    @Test
    void inAnOutageANodeReadsFromMemoryOrComputes() {
        String forecast = here.tomorrow("Berlin");
        cluster.redis().kill();
        assertEquals(forecast, here.tomorrow("Berlin"));
        String another = here.tomorrow("Rome");
        assertEquals(another, here.tomorrow("Rome"));
        assertEquals(2, here.computed());
    }

    @Test
    void withoutACustomBeanTheFactoryProvidesTheManager() {
        try (ApplicationContext plain = ApplicationContext.run()) {
            CacheManager caches = plain.getBean(CacheManager.class);
            assertEquals("classpath:micronaut.conf", caches.getURI().toString());
        }
    }
}
