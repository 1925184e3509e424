package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The threads of clients of Redis that were begun since this was made, by this test as a rule. */
final class OwnThreads {
    private final Set<Thread> before = living().collect(Collectors.toSet());

    /** Waits until they have ended; says which have not, and what they do. */
    void awaitEnd() {
        long startNanos = System.nanoTime();
        while (own().findAny().isPresent()) {
            if (System.nanoTime() - startNanos > TimeUnit.SECONDS.toNanos(60)) {
                fail(own().map(OwnThreads::describe).collect(Collectors.joining("\n", "threads go on:\n", "")));
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
