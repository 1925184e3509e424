package io.github.tieredjcache.testkit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What servers say of themselves, and the wait for them to say it. */
final class RedisInfo {
    private static final Duration WITHIN = Duration.ofMinutes(5);
    private static final int POLL_MILLIS = 10;

    private RedisInfo() {}

    /** Returns the answer to INFO; empty if the connection is cut, as it is when a server gets another role. */
    static String of(RedisServer server, String section) {
        try {
            return String.valueOf(server.command("INFO", section));
        } catch (UncheckedIOException e) {
            return "";
        }
    }

    /**
     * Waits until a replica has all that its master has acknowledged by now.
     *
     * @param whose are the servers, for the message
     * @throws IllegalStateException if it does not come to that
     */
    static void awaitReplicated(RedisServer master, RedisServer replica, Object whose) {
        long sent = offset(master, "master_repl_offset");
        await(() -> offset(replica, "slave_repl_offset") >= sent, "a replica that has everything", whose);
    }

    private static long offset(RedisServer server, String name) {
        return Long.parseLong(of(server, "replication")
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("0"));
    }

    /** Returns whether a server accepts a command; false if it refuses it for a reason that passes, which is a part of its answer. */
    static boolean isAccepted(Runnable command, String passingReason) {
        try {
            command.run();
            return true;
        } catch (IllegalStateException e) {
            if (String.valueOf(e.getMessage()).contains(passingReason)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Waits for something.
     *
     * @param what and {@code whose} it is, for the message
     * @throws IllegalStateException if it does not come to that
     */
    static void await(BooleanSupplier condition, String what, Object whose) {
        long deadline = System.nanoTime() + WITHIN.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("There was not, within " + WITHIN + ", " + what + ": " + whose);
            }
            LockSupport.parkNanos(MILLISECONDS.toNanos(POLL_MILLIS));
        }
    }
}
