package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TieredConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CompletionListener;
import javax.cache.integration.CompletionListenerFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Loaders and listeners that call {@code loadAll} of another cache of their manager and wait for it. */
@Timeout(120)
class NestedLoadAllTest {
    /** More than a manager has threads for {@code loadAll}. */
    private static final int MANY = 10 * Math.max(4, Runtime.getRuntime().availableProcessors());

    private final NearOnly node = new NearOnly();
    private final CountDownLatch allBegun = new CountDownLatch(1);
    private Cache<Integer, String> prices;

    @BeforeEach
    void open() {
        prices = node.cache(
                "prices",
                Integer.class,
                String.class,
                settings -> settings.readThrough(NearOnly.factory(loader(key -> key + " EUR"))));
    }

    @AfterEach
    void close() {
        node.close();
    }

    private Cache<Integer, String> products(UnaryOperator<TieredConfiguration.Builder<Integer, String>> settings) {
        return node.cache(
                "products",
                Integer.class,
                String.class,
                builder -> settings.apply(builder.readThrough(NearOnly.factory(loader(this::product)))
                        .maximumConcurrentLoads(0)));
    }

    /** Is called by the loader of products. */
    private String product(int key) {
        Crew.await(allBegun);
        await(loadAll(prices, key));
        return "product for " + prices.get(key);
    }

    private static CompletionListenerFuture loadAll(Cache<Integer, String> cache, int key) {
        CompletionListenerFuture done = new CompletionListenerFuture();
        cache.loadAll(Set.of(key), false, done);
        return done;
    }

    private static void await(CompletionListenerFuture done) {
        try {
            done.get(100, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new CacheException("loadAll did not end", e);
        }
    }

    @Test
    void theyEndOnAllThreadsAtOnce() {
        assertAllEnd(products(settings -> settings));
    }

    @Test
    void theyEndWithALoadTimeout() {
        assertAllEnd(products(settings -> settings.loadTimeout(Duration.ofMinutes(10))));
    }

    @Test
    void theyEndOnConfiguredThreads() {
        assertAllEnd(products(settings ->
                settings.loadTimeout(Duration.ofMinutes(10)).loadExecutor(() -> task -> Crew.run(task::run))));
    }

    private void assertAllEnd(Cache<Integer, String> products) {
        List<CompletionListenerFuture> loading = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            loading.add(loadAll(products, i));
        }
        allBegun.countDown();
        loading.forEach(NestedLoadAllTest::await);
        assertEquals("product for 7 EUR", products.get(7));
    }

    /** 1. Lookups load. 2. All threads wait for these loads. 3. The loaders continue. */
    @Test
    void theyEndOnOtherThreadsForWhichAllThreadsWait() throws Exception {
        Cache<Integer, String> products = products(settings -> settings);
        List<Crew.Member<String>> lookups = new ArrayList<>();
        List<CompletionListenerFuture> loading = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            int key = i;
            lookups.add(Crew.start(() -> products.get(key)).untilItWaits());
        }
        for (int i = 0; i < MANY; i++) {
            loading.add(loadAll(products, i));
        }
        allBegun.countDown();
        for (int i = 0; i < MANY; i++) {
            assertEquals("product for " + i + " EUR", lookups.get(i).result());
        }
        loading.forEach(NestedLoadAllTest::await);
    }

    /** An event of each cache has a listener that waits. */
    @Test
    void theyEndInListenersOnAllThreadsAtOnce() {
        CountDownLatch allEnded = new CountDownLatch(MANY);
        for (int i = 0; i < MANY; i++) {
            Recording<Integer, String> listener = new Recording<Integer, String>().reacting(event -> {
                Crew.await(allBegun);
                await(loadAll(prices, event.getKey()));
                allEnded.countDown();
            });
            node.cache(
                            "orders-" + i,
                            Integer.class,
                            String.class,
                            settings -> settings.listener(listener.registered(false, false)))
                    .put(i, "order");
        }
        allBegun.countDown();
        Crew.await(allEnded);
        assertEquals("7 EUR", prices.get(7));
    }

    @Test
    void theyEndInCompletionListenersOnAllThreadsAtOnce() {
        CountDownLatch allEnded = new CountDownLatch(MANY);
        for (int i = 0; i < MANY; i++) {
            int key = i;
            prices.loadAll(Set.of(key), false, new CompletionListener() {
                @Override
                public void onCompletion() {
                    Crew.await(allBegun);
                    await(loadAll(prices, MANY + key));
                    allEnded.countDown();
                }

                @Override
                public void onException(Exception e) {
                    throw new AssertionError(e);
                }
            });
        }
        allBegun.countDown();
        Crew.await(allEnded);
        assertEquals(MANY + " EUR", prices.get(MANY));
    }

    private static CacheLoader<Integer, String> loader(IntFunction<String> source) {
        return new CacheLoader<>() {
            @Override
            public String load(Integer key) {
                return source.apply(key);
            }

            @Override
            public Map<Integer, String> loadAll(Iterable<? extends Integer> keys) {
                Map<Integer, String> loaded = new HashMap<>();
                keys.forEach(key -> loaded.put(key, source.apply(key)));
                return loaded;
            }
        };
    }
}
