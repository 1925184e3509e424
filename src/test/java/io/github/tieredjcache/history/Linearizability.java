package io.github.tieredjcache.history;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of the operations on one key that respects who returned before whom was called and in which each
 * answer is right: whether the history is linearizable (Herlihy and Wing, "Linearizability: A Correctness Condition for
 * Concurrent Objects", 1990).
 *
 * <p>The search is that of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993) in the form that Lowe gave it
 * ("Testing for Linearizability", 2017): a configuration is what the key holds and the set of operations that have taken
 * effect, none is looked at twice, and an operation takes effect no sooner than some return asks for it. It goes from
 * return to return with all configurations that are left, of which only operations under way are remembered; so where
 * nothing is under way the history is cut by itself, and a long one costs no more than its parts.
 *
 * <p>An operation of unknown outcome stays under way to the end. A configuration that needed more of them than another one,
 * all else being equal, can explain nothing that the other cannot, and is dropped.
 */
public final class Linearizability {
    private final List<Operation> history;
    private final Lifetimes lifetimes;
    private final List<@Nullable Operation> underWay = new ArrayList<>();
    private Frontier left = new Frontier();

    private Linearizability(List<Operation> history, Duration lifetime) {
        this.history = history;
        this.lifetimes = new Lifetimes(history, lifetime);
    }

    /**
     * Returns what cannot be explained, or null.
     *
     * @param history the operations on one key that begins without an entry, in any order
     * @param lifetime after how long what a write stored ends by itself; zero if it does not. Where it does, each value must
     *     be written once only.
     */
    public static @Nullable Violation find(List<Operation> history, Duration lifetime) {
        return new Linearizability(history, lifetime).find();
    }

    private @Nullable Violation find() {
        left.add(new Configuration(null, new BitSet(), new BitSet()));
        for (Event event : events()) {
            if (!event.isReturn()) {
                begin(event.operation());
                continue;
            }
            int slot = underWay.indexOf(event.operation());
            Frontier before = left;
            left = through(slot, event.nanos());
            underWay.set(slot, null);
            if (left.isEmpty()) {
                return Violation.of(
                        "no order explains " + event.operation().verb() + " -> "
                                + event.operation().answer() + " of node "
                                + event.operation().node() + "; the key may have held " + before.held(),
                        history,
                        event.operation());
            }
        }
        return null;
    }

    private List<Event> events() {
        List<Event> events = new ArrayList<>();
        for (Operation each : history) {
            events.add(new Event(each.callNanos(), false, each));
            if (each.isKnown()) {
                events.add(new Event(each.returnNanos(), true, each));
            }
        }
        // Of two events at one time the call comes first: the operations then overlap, which excludes less.
        events.sort(Comparator.comparingLong(Event::nanos).thenComparing(Event::isReturn));
        return events;
    }

    private void begin(Operation operation) {
        int slot = underWay.indexOf(null);
        if (slot < 0) {
            underWay.add(operation);
        } else {
            underWay.set(slot, operation);
        }
    }

    /** Returns the configurations that are left when the operation has taken effect, which returned now. */
    private Frontier through(int slot, long nowNanos) {
        Frontier seen = new Frontier();
        Frontier reached = new Frontier();
        Deque<Configuration> todo = new ArrayDeque<>();
        left.forEach(each -> visit(each, seen, todo));
        while (!todo.isEmpty()) {
            Configuration from = todo.removeFirst();
            if (from.certain.get(slot)) {
                reached.add(from.without(slot));
                continue;
            }
            for (int i = 0; i < underWay.size(); i++) {
                Operation operation = underWay.get(i);
                if (operation != null && !from.has(i)) {
                    for (Configuration next : next(from, i, operation, nowNanos)) {
                        visit(next, seen, todo);
                    }
                }
            }
            if (from.held != null && lifetimes.mayHaveEnded(from.held, nowNanos)) {
                visit(new Configuration(null, from.certain, from.unknown), seen, todo);
            }
        }
        return reached;
    }

    private void visit(Configuration configuration, Frontier seen, Deque<Configuration> todo) {
        Configuration settled = settled(configuration);
        if (seen.add(settled)) {
            // Those that needed fewer of unknown outcome come first, and make others superfluous.
            if (settled.unknown.isEmpty()) {
                todo.addFirst(settled);
            } else {
                todo.addLast(settled);
            }
        }
    }

    /** Lets all take effect that change nothing and are explained: sooner or later they must, and now does no harm. */
    private Configuration settled(Configuration from) {
        BitSet certain = (BitSet) from.certain.clone();
        for (int i = 0; i < underWay.size(); i++) {
            Operation operation = underWay.get(i);
            if (operation != null && operation.changedNothing() && operation.after(from.held) != null) {
                certain.set(i);
            }
        }
        return new Configuration(from.held, certain, from.unknown);
    }

    private List<Configuration> next(Configuration from, int slot, Operation operation, long nowNanos) {
        List<Configuration> all = new ArrayList<>(1);
        Operation.After after = operation.after(from.held);
        if (after != null) {
            all.add(from.with(slot, operation.isKnown(), after.held()));
        }
        if (operation.changedNothing() && from.held != null && lifetimes.mayHaveEnded(from.held, nowNanos)) {
            // To this node the value had ended, a little before it had for all.
            if (operation.after(null) != null) {
                all.add(from.with(slot, true, from.held));
            }
        }
        return all;
    }

    /** A call or a return. */
    private record Event(long nanos, boolean isReturn, Operation operation) {}

    /**
     * What the key holds, and which of the operations under way have taken effect.
     *
     * @param certain those that will return
     * @param unknown those that will not
     */
    private record Configuration(@Nullable String held, BitSet certain, BitSet unknown) {
        boolean has(int slot) {
            return certain.get(slot) || unknown.get(slot);
        }

        Configuration with(int slot, boolean known, @Nullable String next) {
            BitSet more = (BitSet) (known ? certain : unknown).clone();
            more.set(slot);
            return known ? new Configuration(next, more, unknown) : new Configuration(next, certain, more);
        }

        Configuration without(int slot) {
            BitSet fewer = (BitSet) certain.clone();
            fewer.clear(slot);
            return new Configuration(held, fewer, unknown);
        }
    }

    /** A set of configurations of which none can explain more than another. */
    private static final class Frontier {
        private final Map<Configuration, List<BitSet>> unknowns = new HashMap<>();

        boolean add(Configuration added) {
            Configuration bare = new Configuration(added.held, added.certain, new BitSet());
            List<BitSet> others = unknowns.computeIfAbsent(bare, key -> new ArrayList<>(1));
            for (BitSet other : others) {
                if (contains(added.unknown, other)) {
                    return false;
                }
            }
            others.removeIf(other -> contains(other, added.unknown));
            others.add(added.unknown);
            return true;
        }

        private static boolean contains(BitSet large, BitSet small) {
            BitSet rest = (BitSet) small.clone();
            rest.andNot(large);
            return rest.isEmpty();
        }

        void forEach(Consumer<Configuration> action) {
            unknowns.forEach((bare, all) ->
                    all.forEach(each -> action.accept(new Configuration(bare.held, bare.certain, each))));
        }

        boolean isEmpty() {
            return unknowns.isEmpty();
        }

        String held() {
            return unknowns.keySet().stream()
                    .map(each -> String.valueOf(each.held))
                    .distinct()
                    .collect(Collectors.joining(", ", "[", "]"));
        }
    }
}
