package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The threads of Redis clients that were started since the creation of this, which are usually those of the current
 * test.
 */
final class OwnThreads {
    private final Set<Thread> before = living().collect(Collectors.toSet());

    /** Waits until the threads have ended; fails with the stack traces of those that have not. */
    void awaitEnd() {
        long startNanos = System.nanoTime();
        while (own().findAny().isPresent()) {
            if (System.nanoTime() - startNanos > TimeUnit.SECONDS.toNanos(60)) {
                fail(own().map(OwnThreads::describe).collect(Collectors.joining("\n", "threads still run:\n", "")));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private Stream<Thread> own() {
        return living().filter(each -> !before.contains(each));
    }

    private static Stream<Thread> living() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().startsWith("tiered-jcache")
                        || each.getName().startsWith("lettuce"));
    }

    private static String describe(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .map(each -> "    at " + each)
                .collect(Collectors.joining("\n", thread + " " + thread.getState() + "\n", ""));
    }
}
