package io.github.tieredjcache.jcache;

import io.github.tieredjcache.internal.remote.connection.ClientRegistry;
import io.github.tieredjcache.internal.support.Lazy;
import io.github.tieredjcache.internal.support.NanoClock;
import java.net.URI;
import java.util.Properties;
import javax.cache.CacheManager;

/** Creates a manager with a clock of the test. */
public final class ClockedManager {
    private ClockedManager() {}

    public static CacheManager on(NanoClock clock) {
        return new TieredCacheManager(
                new TieredCachingProvider(),
                new TieredCacheManager.Identity(URI.create("clocked"), ClockedManager.class.getClassLoader()),
                new Properties(),
                new Lazy<>() {
                    @Override
                    protected ClientRegistry create() {
                        return new ClientRegistry(clock);
                    }
                },
                clock,
                closed -> {});
    }
}
