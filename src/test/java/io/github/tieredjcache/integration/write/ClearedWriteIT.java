package io.github.tieredjcache.integration.write;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Rows;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A clear, which does not wait, during a call of a writer: a value loaded in between is older than the written one. */
class ClearedWriteIT {
    private static final String KEY = "k";

    private final RedisServer redis = RedisServer.startLocal();
    private final Node node = new Node(redis);
    private final Node other = new Node(redis);

    @AfterEach
    void closes() {
        node.close();
        other.close();
        redis.close();
    }

    /** Ways to write through. */
    enum Way {
        PUT,
        PUT_ALL,
        INVOKE;

        void write(Cache<String, String> cache) {
            switch (this) {
                case PUT -> cache.put(KEY, "v1");
                case PUT_ALL -> cache.putAll(Map.of(KEY, "v1"));
                case INVOKE ->
                    cache.invoke(KEY, (entry, arguments) -> {
                        entry.setValue("v1");
                        return null;
                    });
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLoadAfterAClearDoesNotOutliveAnEarlierWrite(Way way) throws Exception {
        interrupted(way, (cache, server) -> cache.clear());
    }

    @ParameterizedTest
    @EnumSource
    void aLoadAfterAFlushDoesNotOutliveAnEarlierWrite(Way way) throws Exception {
        interrupted(way, (cache, server) -> server.command("FLUSHALL"));
    }

    private void interrupted(Way way, Emptying emptying) throws Exception {
        Rows rows = new Rows();
        rows.all.put(KEY, "v0");
        Cache<String, String> here = rows.cache(node);
        Cache<String, String> there = rows.cache(other);
        assertEquals("v0", there.get(KEY));
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        rows.beforeWrite = () -> {
            writing.countDown();
            Crew.await(goOn);
        };
        // 1. a write has the lease, and its writer runs
        var write = Crew.run(() -> way.write(here));
        Crew.await(writing);
        // 2. somebody empties the cache, 3. and loads the row as it still is
        emptying.of(there, redis);
        assertEquals("v0", there.get(KEY));
        // 4. the writer continues, and the write returns
        goOn.countDown();
        write.result();
        assertEquals("v1", here.get(KEY));
        Crew.until(() -> "v1".equals(there.get(KEY)));
    }

    private interface Emptying {
        void of(Cache<String, String> cache, RedisServer server);
    }
}
