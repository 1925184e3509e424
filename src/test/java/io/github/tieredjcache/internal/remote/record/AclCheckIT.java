package io.github.tieredjcache.internal.remote.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.testkit.RedisServer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

class AclCheckIT {
    private static final String[] USER = {
        "--user",
        "app",
        "on",
        ">password",
        "~*",
        "+@all",
        "-scan",
        "-touch",
        "--user",
        "default",
        "on",
        "nopass",
        "~*",
        "+@all"
    };

    @Test
    void missingPermissionsAreReportedOnceEvenIfRedisWasUnavailableAtFirst() {
        List<String> errors = new CopyOnWriteArrayList<>();
        Handler log = errors(errors);
        Logger logger = Logger.getLogger("io.github.tieredjcache.remote");
        logger.addHandler(log);
        try (RedisServer redis = RedisServer.startLocal(USER);
                RemoteFixture node = new RemoteFixture("redis://app:password@127.0.0.1:" + redis.port())) {
            redis.kill();
            RedisTierOfRecord<String, String> cache = node.record("cache");
            cache.requirePermissions();
            cache.logMissingPermissions();
            assertEquals(List.of(), errors);

            redis.restart();
            long startNanos = System.nanoTime();
            while (errors.isEmpty()) {
                assertTrue(
                        System.nanoTime() - startNanos < TimeUnit.SECONDS.toNanos(60),
                        "no error was logged within 60 s");
                cache.logMissingPermissions();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
            cache.logMissingPermissions();
            cache.requirePermissions();
            assertEquals(
                    List.of("Redis at 127.0.0.1:" + redis.port()
                            + " does not let this user run SCAN, TOUCH, which caches need;"
                            + " allow that, and the other permissions on the page 'Redis' of the documentation:"
                            + " ACL SETUSER <user> +scan +touch"),
                    errors);

            CacheException refusal = assertThrows(
                    CacheException.class, () -> node.record("another").requirePermissions());
            assertEquals(errors.get(0), refusal.getMessage());
        } finally {
            logger.removeHandler(log);
        }
    }

    private static Handler errors(List<String> errors) {
        return new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getLevel().equals(Level.SEVERE)) {
                    errors.add(line.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }
}
