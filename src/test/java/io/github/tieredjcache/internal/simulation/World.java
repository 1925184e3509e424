package io.github.tieredjcache.internal.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Virtual time, on one thread: events in their order, and the operations that wait for events. While an operation waits, other operations may
 * begin; they end before it goes on.
 */
final class World {
    private static final int INTERLEAVED_PERCENT = 6;
    private static final int LINGERING_PERCENT = 12;
    private static final int EVENTS_MAX = 200_000;

    final Random random;
    final Report report;
    final Deque<Frame> frames = new ArrayDeque<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final StringBuilder trace;
    private BooleanSupplier nested = () -> false;
    private Violation violation;
    private boolean faultless;
    private long nowNanos = TimeUnit.SECONDS.toNanos(100);
    private long sequence;
    private int count;

    World(Random random, Report report, boolean traces) {
        this.random = random;
        this.report = report;
        this.trace = traces ? new StringBuilder() : null;
    }

    private record Event(long nanos, long sequence, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime == 0 ? Long.compare(sequence, other.sequence) : byTime;
        }
    }

    /** Sets how an operation begins while another one waits; returns whether one has. */
    void nested(BooleanSupplier begin) {
        nested = begin;
    }

    long now() {
        return nowNanos;
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** Draws whether a fault occurs now. */
    boolean fault(int perThousand) {
        return !faultless && random.nextInt(1_000) < perThousand;
    }

    /** From now on no faults are drawn. */
    void endFaults() {
        faultless = true;
    }

    long millis(int min, int max) {
        return TimeUnit.MICROSECONDS.toNanos(1_000L * min + random.nextInt(1_000 * (max - min) + 1));
    }

    void at(long nanos, Runnable action) {
        events.add(new Event(Math.max(nanos, nowNanos), sequence++, action));
    }

    /** Goes on until a condition holds or a moment is reached, and then until the thread of the node continues. */
    void await(SimulatedNode node, BooleanSupplier done, long untilNanos) {
        while (!done.getAsBoolean() && nowNanos < untilNanos) {
            if (!(chance(INTERLEAVED_PERCENT) && nested.getAsBoolean())) {
                step(untilNanos);
            }
        }
        if (chance(LINGERING_PERCENT)) {
            pass(millis(0, chance(10) ? 3_000 : 30));
        }
        while (node.isPaused()) {
            step(node.pausedUntil());
        }
        node.requireAlive();
    }

    /** Lets time pass for an operation of a node, in which others may begin. */
    void pass(long nanos) {
        long untilNanos = nowNanos + nanos;
        while (nowNanos < untilNanos) {
            if (!(chance(INTERLEAVED_PERCENT) && nested.getAsBoolean())) {
                step(untilNanos);
            }
        }
    }

    /** Runs the next event, unless it comes later. */
    void step(long untilNanos) {
        Event next = events.peek();
        if (next == null || next.nanos > untilNanos) {
            nowNanos = Math.max(nowNanos, untilNanos);
            return;
        }
        events.poll();
        if (++count > EVENTS_MAX) {
            throw new AssertionError("the simulation does not end");
        }
        nowNanos = Math.max(nowNanos, next.nanos);
        next.action.run();
    }

    /** Lets time pass without new operations. */
    void settle(long nanos) {
        long untilNanos = nowNanos + nanos;
        while (nowNanos < untilNanos) {
            step(untilNanos);
        }
    }

    Frame frame() {
        return frames.peek();
    }

    /** Records and throws a violation; the first one is the result of the simulation. */
    void violated(Promise promise, String message) {
        Violation found = new Violation(promise, message + "; at " + time() + ", operations: " + frames);
        if (violation == null) {
            violation = found;
            trace(() -> found.getMessage());
        }
        throw found;
    }

    Violation violation() {
        return violation;
    }

    void trace(java.util.function.Supplier<String> line) {
        if (trace != null) {
            trace.append(time())
                    .append("  ".repeat(frames.size() + 1))
                    .append(line.get())
                    .append('\n');
        }
    }

    String traced() {
        return trace == null ? "" : trace.toString();
    }

    private String time() {
        return String.format(java.util.Locale.ROOT, "%10.3f ms", nowNanos / 1e6);
    }
}
