package io.github.tieredjcache;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The threads of one test. They are daemons, so that a hanging thread fails its test rather than the whole run. */
public final class Crew {
    /** The maximum wait for an expected event; never measured, only a guard against hanging. */
    private static final long PATIENCE_SECONDS = 300;

    /**
     * The pause between two checks of a condition; a spinning thread would take the CPU from the threads that it waits
     * for.
     */
    private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    /** A running thread and its result. */
    public static final class Member<T> {
        private final Thread thread;
        private final FutureTask<T> task;

        private Member(Callable<T> work) {
            task = new FutureTask<>(work);
            thread = new Thread(task, "crew");
            thread.setDaemon(true);
            thread.start();
        }

        /** Waits for the work and returns its result, or throws its exception. */
        public T result() throws Exception {
            try {
                return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Exception failure) {
                    throw failure;
                }
                if (e.getCause() instanceof Error failure) {
                    throw failure;
                }
                throw e;
            } catch (TimeoutException e) {
                throw new AssertionError("a thread hangs at " + List.of(thread.getStackTrace()), e);
            }
        }

        /** Waits until the thread is blocked or has ended. */
        public Member<T> untilItWaits() {
            until(() -> task.isDone()
                    || thread.getState() == Thread.State.WAITING
                    || thread.getState() == Thread.State.TIMED_WAITING);
            return this;
        }

        /** Returns whether the thread is in a method of one of the classes now. */
        public boolean isIn(Set<String> classNames) {
            return Stream.of(thread.getStackTrace()).anyMatch(each -> classNames.contains(each.getClassName()));
        }

        /** Returns whether the work has ended. */
        public boolean isDone() {
            return task.isDone();
        }

        public void interrupt() {
            thread.interrupt();
        }
    }

    private Crew() {}

    /** Starts a thread. */
    public static <T> Member<T> start(Callable<T> work) {
        return new Member<>(work);
    }

    /** Starts a thread without a result. */
    public static Member<Void> run(Step work) {
        return new Member<>(() -> {
            work.run();
            return null;
        });
    }

    /** Runs the same work on many threads at once and returns their results. */
    public static <T> List<T> together(int count, Callable<T> work) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<Member<T>> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(start(() -> {
                go.await();
                return work.call();
            }));
        }
        go.countDown();
        List<T> results = new ArrayList<>();
        for (Member<T> member : members) {
            results.add(member.result());
        }
        return results;
    }

    /** Waits for a latch, and fails if it does not open. */
    public static void await(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("a latch did not open");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted at a latch", e);
        }
    }

    /** Waits until a condition is true, and fails if it stays false. */
    public static void until(BooleanSupplier condition) {
        until(condition, () -> "the condition stayed false for " + PATIENCE_SECONDS + " s");
    }

    /**
     * Waits until a condition is true.
     *
     * @param failure describes what is there instead, if it stays false
     */
    public static void until(BooleanSupplier condition, Supplier<String> failure) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(failure.get());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Work that may throw. */
    @FunctionalInterface
    public interface Step {
        void run() throws Exception;
    }
}
