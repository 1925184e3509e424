package io.github.tieredjcache.examples.integrations.micronaut;

import io.micronaut.cache.annotation.CacheConfig;
import io.micronaut.cache.annotation.CacheInvalidate;
import io.micronaut.cache.annotation.CachePut;
import io.micronaut.cache.annotation.Cacheable;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;

/** A service whose answers are cached. */
@Singleton
@CacheConfig("forecasts")
public class Forecasts {
    private final AtomicInteger computed = new AtomicInteger();

    /** Returns what the weather will be tomorrow. */
    @Cacheable
    public String tomorrow(String city) {
        return "rain in " + city + ", forecast " + computed.incrementAndGet();
    }

    /** Returns what the weather will be. */
    @Cacheable
    public String onDay(String city, int day) {
        return "rain in " + city + " on day " + day + ", forecast " + computed.incrementAndGet();
    }

    /** Knows better. */
    @CachePut(parameters = "city")
    public String correct(String city, String forecast) {
        return forecast;
    }

    /** Forgets what was said of a city. */
    @CacheInvalidate
    public void forget(String city) {}

    /** Forgets all. */
    @CacheInvalidate(all = true)
    public void forgetAll() {}

    /** Returns how many this node has computed. */
    public int computed() {
        return computed.get();
    }
}
