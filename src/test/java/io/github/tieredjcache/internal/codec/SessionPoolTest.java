package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.internal.codec.Samples.Entity;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.api.ValueOptions;
import io.github.tieredjcache.internal.codec.graph.AllowList;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
import io.github.tieredjcache.internal.codec.graph.DescriptorFactory;
import io.github.tieredjcache.internal.codec.graph.KryoSession;
import io.github.tieredjcache.internal.codec.graph.SessionPool;
import io.github.tieredjcache.internal.codec.value.KryoCodec;
import io.github.tieredjcache.internal.codec.value.OptionalLz4;
import io.github.tieredjcache.internal.codec.value.ValueEnvelope;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions are reused; they are dropped after a failure, if there are too many, or when the manager is closed. */
class SessionPoolTest {
    private static final byte[] KEY = {'k'};
    private static final int SLOTS = 4 * Runtime.getRuntime().availableProcessors();

    private final ClassDescriptors descriptors = DescriptorFactory.all();
    private final SessionPool pool = new SessionPool(descriptors);

    private ValueCodec<Object> codec(SessionPool of) {
        CodecRules rules = new CodecRules(String.class, Samples.class, List.of(), 100, 1 << 24);
        AllowList allowed = new AllowList(getClass().getClassLoader(), descriptors, rules);
        return new ValueEnvelope<>(
                new KryoCodec<>(of, Object.class, allowed, 1 << 24), 1 << 24, ValueOptions.none(), new OptionalLz4());
    }

    @Test
    void aSessionIsUsedAgain() {
        KryoSession session = pool.take();
        pool.release(session);
        assertSame(session, pool.take());
        assertNotSame(session, pool.take());
    }

    @Test
    void thePoolKeepsNoMoreSessionsThanSlots() {
        List<KryoSession> sessions = new ArrayList<>();
        for (int i = 0; i < 2 * SLOTS; i++) {
            sessions.add(pool.take());
        }
        sessions.forEach(pool::release);
        assertEquals(SLOTS, pool.idle());
    }

    @Test
    void aFailedSessionIsDropped() {
        ValueCodec<Object> codec = codec(pool);
        byte[] good = codec.encode(KEY, List.of("a", Entity.sample()));
        assertEquals(1, pool.idle());
        assertThrows(CacheException.class, () -> codec.encode(KEY, List.of(Entity.sample(), Thread.currentThread())));
        assertEquals(0, pool.idle());
        codec.encode(KEY, "x");
        byte[] cut = HostileEntry.cut(KEY, good, 3);
        assertThrows(UndecodableException.class, () -> codec.decode(KEY, cut, 0));
        assertEquals(0, pool.idle());
    }

    @Test
    void aClosedPoolKeepsNothing() {
        ValueCodec<Object> codec = codec(pool);
        codec.encode(KEY, "x");
        pool.close();
        assertEquals(0, pool.idle());
        codec.encode(KEY, "y");
        assertEquals(0, pool.idle());
    }

    @Test
    void aLargeValueDoesNotStayInABuffer() {
        KryoSession session = pool.take();
        pool.release(session);
        codec(pool).encode(KEY, new byte[5_000_000]);
        assertEquals(4 * 1024, session.bufferBytes());
    }

    @Test
    void idleSessionsHoldNoLargeValueThatWasWrittenOrRead() throws Exception {
        List<WeakReference<Object>> large = writtenAndRead();
        assertEquals(1, pool.idle());
        Crew.until(() -> {
            System.gc();
            return large.stream().allMatch(each -> each.get() == null);
        });
    }

    private List<WeakReference<Object>> writtenAndRead() throws Exception {
        ValueCodec<Object> codec = codec(pool);
        List<WeakReference<Object>> large = new ArrayList<>();
        for (Object value : List.of(new byte[5_000_000], new ArrayList<>(List.of("x".repeat(5_000_000))))) {
            byte[] bytes = codec.encode(KEY, value);
            large.add(new WeakReference<>(value));
            large.add(new WeakReference<>(bytes));
            large.add(new WeakReference<>(codec.decode(KEY, bytes, 0)));
        }
        return large;
    }

    @Test
    void threadsShareThePoolAndGetTheirOwnValues() throws Exception {
        ValueCodec<Object> codec = codec(pool);
        ExecutorService executor = Executors.newFixedThreadPool(16);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> results = new ArrayList<>();
        for (int t = 0; t < 16; t++) {
            int seed = t;
            results.add(executor.submit(() -> {
                start.await();
                for (int i = 0; i < 500; i++) {
                    Entity entity = Entity.sample();
                    entity.id = seed * 1_000L + i;
                    assertEquals(entity, codec.decode(KEY, codec.encode(KEY, entity), 0));
                }
                return null;
            }));
        }
        start.countDown();
        for (Future<?> result : results) {
            result.get();
        }
        executor.shutdown();
        assertTrue(pool.idle() <= SLOTS);
    }

    @Test
    void aLoaderWhoseClassesWereStoredCanBeCollected(@TempDir Path folder) throws Exception {
        WeakReference<ClassLoader> loader = storeForeign(folder);
        Crew.until(() -> {
            System.gc();
            return loader.get() == null;
        });
    }

    private static WeakReference<ClassLoader> storeForeign(Path folder) throws Exception {
        Versions.compile(folder, "public class Order { public long id = 5; public java.util.List<String> lines; }");
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
            Class<?> type = loader.loadClass("Order");
            try (Codecs codecs = new Codecs(loader)) {
                ValueCodec<Object> codec =
                        codecs.values(Object.class, new CodecRules(String.class, type, List.of(), 100, 1_000));
                Object order = type.getConstructor().newInstance();
                codecs.copier().copy(order);
                assertSame(type, codec.decode(KEY, codec.encode(KEY, order), 0).getClass());
            }
            return new WeakReference<>(loader);
        }
    }
}
