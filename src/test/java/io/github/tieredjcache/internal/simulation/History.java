package io.github.tieredjcache.internal.simulation;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.port.FakeKeyspace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the simulated Redis has held of each key, and when: what lookups are compared with. A position is twice the number of a state, plus one
 * for the time after its expiry.
 */
final class History implements FakeKeyspace.Listener {
    private final World world;
    private final long serverOffsetNanos;
    private final Map<String, List<State>> states = new HashMap<>();
    private final Map<String, Lease> leases = new HashMap<>();
    private final Set<String> values = new HashSet<>();
    private final Map<String, Load> loads = new HashMap<>();
    private final Set<Long> notMade = new HashSet<>();
    private final Set<Long> recovered = new HashSet<>();
    private long author;

    History(World world, long serverOffsetNanos) {
        this.world = world;
        this.serverOffsetNanos = serverOffsetNanos;
        Scenario.KEYS.forEach(key -> {
            List<State> all = new ArrayList<>();
            all.add(new State(null, Long.MIN_VALUE, 0));
            states.put(key, all);
        });
    }

    /** A value of a key from a moment on; null for none. */
    static final class State {
        final String value;
        final long sinceNanos;
        final long author;
        long deadlineNanos = Entry.NO_DEADLINE;

        State(String value, long sinceNanos, long author) {
            this.value = value;
            this.sinceNanos = sinceNanos;
            this.author = author;
        }
    }

    private record Lease(Object id, long author, long endNanos) {}

    /** A load: its key, and how many states the key had when the source was read. */
    private record Load(String key, int states) {}

    /** Runs a command of an operation. */
    void by(long operation, Runnable command) {
        long before = author;
        author = operation;
        try {
            command.run();
        } finally {
            author = before;
        }
    }

    @Override
    public void changed(String key, String value, long deadlineNanos, long sinceNanos) {
        List<State> all = states.get(key);
        State last = all.get(all.size() - 1);
        State next = new State(value, Math.max(last.sinceNanos, sinceNanos - serverOffsetNanos), author);
        next.deadlineNanos = value == null ? Entry.NO_DEADLINE : fromServer(deadlineNanos);
        all.add(next);
        world.trace(() -> "Redis: " + key + " = " + value + " by #" + next.author);
        if (value != null) {
            checkStored(key, value, all.size() - 1);
        }
    }

    private void checkStored(String key, String value, int states) {
        if (!values.add(value)) {
            world.violated(Promise.NOTHING_REMOVED_COMES_BACK, key + " has the value " + value + " again");
        }
        if (author < 0) {
            world.violated(Promise.RECOVERY_ONLY_REMOVES, "a recovery has stored " + value + " for " + key);
        }
        Load load = loads.get(value);
        if (recovered.contains(author) && load == null) {
            world.violated(
                    Promise.RECOVERY_ONLY_REMOVES,
                    "#" + author + " was made locally, and after the recovery it has stored " + value + " for " + key);
        }
        if (load != null && load.states != states) {
            world.violated(
                    Promise.NO_LATE_FILL,
                    value + " was loaded for " + key + " before " + (states - load.states) + " changes, and stored");
        }
        if (notMade.contains(author) && load == null) {
            world.violated(Promise.HONEST_OUTCOME, "#" + author + " has failed, and changes " + key + " nevertheless");
        }
    }

    @Override
    public void touched(String key, long deadlineNanos) {
        List<State> all = states.get(key);
        all.get(all.size() - 1).deadlineNanos = fromServer(deadlineNanos);
    }

    private long fromServer(long serverNanos) {
        return serverNanos == Entry.NO_DEADLINE ? Entry.NO_DEADLINE : serverNanos - serverOffsetNanos;
    }

    @Override
    public void loadLeased(String key, Object id, long endNanos) {
        Lease held = leases.get(key);
        boolean renews = held != null && held.id.equals(id);
        leases.put(key, new Lease(id, renews ? held.author : author, fromServer(endNanos)));
        if (held != null && !renews && held.endNanos > world.now() && !isTakenOver()) {
            world.violated(
                    Promise.ONE_LOAD,
                    "#" + author + " may load " + key + " while #" + held.author + " has its load lease");
        }
    }

    private boolean isTakenOver() {
        return world.frames.stream().anyMatch(each -> each.id == author && each.operation == Operation.LOAD_ALL);
    }

    @Override
    public void loadLeaseEnded(String key) {
        leases.remove(key);
    }

    @Override
    public void cleared(boolean byClear) {
        leases.clear();
        by(
                byClear ? author : 0,
                () -> Scenario.KEYS.forEach(
                        key -> changed(key, null, Entry.NO_DEADLINE, world.now() + serverOffsetNanos)));
    }

    /** Returns the operation that has the load lease of a key, 0 for none. */
    long loaderOf(String key) {
        Lease lease = leases.get(key);
        return lease == null || lease.endNanos <= world.now() ? 0 : lease.author;
    }

    /** Notes that the source was read for a value. */
    void loaded(String key, String value) {
        loads.put(value, new Load(key, states.get(key).size()));
    }

    /** Notes that an operation has failed without a change. */
    void notMade(long operation) {
        notMade.add(operation);
    }

    /** Notes that operations were made locally, and that what they have changed was removed since. */
    void recovered(Set<Long> operations) {
        recovered.addAll(operations);
    }

    boolean wasStored(String value) {
        return values.contains(value);
    }

    /** Returns the position of the next state of a key. */
    long next(String key) {
        return 2L * states.get(key).size();
    }

    /** Returns the numbers of the states that an operation has made. */
    List<Integer> madeBy(long operation, String key) {
        List<State> all = states.get(key);
        List<Integer> made = new ArrayList<>();
        for (int i = all.size() - 1; i > 0; i--) {
            if (all.get(i).author == operation) {
                made.add(0, i);
            }
        }
        return made;
    }

    State state(String key, int number) {
        return states.get(key).get(number);
    }

    /** Returns the value just before a state. */
    String before(String key, int number) {
        State previous = states.get(key).get(number - 1);
        return previous.deadlineNanos <= states.get(key).get(number).sinceNanos ? null : previous.value;
    }

    /** Returns whether the value before a state may have expired while an operation held the key. */
    boolean hadExpired(String key, int number) {
        State previous = states.get(key).get(number - 1);
        return previous.deadlineNanos <= states.get(key).get(number).sinceNanos;
    }

    /** Returns the first position at or behind {@code floor} whose value passes, within a span of time; -1 for none. */
    long find(String key, Predicate<String> passes, long fromNanos, long untilNanos, long floor) {
        List<State> all = states.get(key);
        int first = all.size() - 1;
        while (first > 0 && all.get(first).sinceNanos > fromNanos) {
            first--;
        }
        for (int i = Math.max(first, (int) (floor / 2)); i < all.size(); i++) {
            State state = all.get(i);
            long endNanos = i + 1 < all.size() ? all.get(i + 1).sinceNanos : Long.MAX_VALUE;
            if (state.sinceNanos > untilNanos) {
                break;
            }
            boolean lives = state.deadlineNanos > fromNanos;
            if (2L * i >= floor && lives && endNanos >= fromNanos && passes.test(state.value)) {
                return 2L * i;
            }
            boolean expires = state.value != null && state.deadlineNanos <= Math.min(endNanos, untilNanos);
            if (expires && passes.test(null)) {
                return 2L * i + 1;
            }
        }
        return -1;
    }

    /** Returns the state with a value, null if it was never stored. */
    State stateOf(String key, String value) {
        return states.get(key).stream()
                .filter(each -> value.equals(each.value))
                .findFirst()
                .orElse(null);
    }

    /** Returns the last states of a key, for people. */
    String show(String key) {
        List<State> all = states.get(key);
        StringBuilder text = new StringBuilder();
        for (int i = Math.max(0, all.size() - 8); i < all.size(); i++) {
            State each = all.get(i);
            text.append(String.format(
                    java.util.Locale.ROOT,
                    "%n  %d: %s since %.3f ms by #%d",
                    i,
                    each.value,
                    each.sinceNanos / 1e6,
                    each.author));
            if (each.deadlineNanos != Entry.NO_DEADLINE) {
                text.append(String.format(java.util.Locale.ROOT, " until %.3f ms", each.deadlineNanos / 1e6));
            }
        }
        return text.toString();
    }
}
