package io.github.tieredjcache.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Checks the reads of one key where nodes keep near copies: a read may be old, but not older than the bound, not older than
 * what its node wrote or read before, and not from nowhere.
 *
 * <p>Each value is written once, so a read shows which write it saw. Two changes are compared only where all orders that
 * explain the history agree: one that had returned, or whose value had been met by somebody who had returned, before the
 * other was called came before it, and so did one whose value the other replaced. So what is reported is a violation in each
 * of these orders; where they disagree nothing is reported.
 */
public final class NearReads {
    private final List<Operation> history;
    private final long boundNanos;
    private final Lifetimes lifetimes;
    private final Map<String, Change> writes = new HashMap<>();
    private final Changes all;
    private final Map<Integer, Changes> own = new HashMap<>();
    private final Map<Integer, NearReader> readers = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();
    private long worstNanos;

    private NearReads(List<Operation> history, Duration bound, Duration lifetime) {
        this.history = history.stream()
                .sorted(Comparator.comparingLong(Operation::callNanos))
                .toList();
        this.boundNanos = bound.toNanos();
        this.lifetimes = new Lifetimes(history, lifetime);
        List<Change> changes = changes();
        this.all = new Changes(changes, Change::knownNanos);
        changes.stream().map(each -> each.operation().node()).distinct().forEach(node -> {
            List<Change> ofNode = changes.stream()
                    .filter(each -> each.operation().node() == node)
                    .toList();
            own.put(node, new Changes(ofNode, each -> each.operation().returnNanos()));
        });
    }

    /**
     * Checks the reads of one key.
     *
     * @param history all operations on a key that begins without an entry, in any order; the changes among them are
     *     linearizable, and each value is written by one of them only
     * @param bound how old a read may be
     * @param lifetime after how long what a write stored ends by itself; zero if it does not
     */
    public static Findings check(List<Operation> history, Duration bound, Duration lifetime) {
        NearReads reads = new NearReads(history, bound, lifetime);
        reads.check();
        return new Findings(List.copyOf(reads.violations), Duration.ofNanos(reads.worstNanos));
    }

    private List<Change> changes() {
        for (Operation each : history) {
            if (each.value() != null) {
                writes.put(each.value(), new Change(each));
            }
        }
        for (Operation each : history) {
            String met = Change.metValue(each);
            Change write = met == null ? null : writes.get(met);
            if (write != null) {
                write.metBy(each);
            }
        }
        List<Change> changes = new ArrayList<>();
        writes.values().stream().filter(Change::happened).forEach(changes::add);
        history.stream().filter(Change::leftNothing).map(Change::new).forEach(changes::add);
        return changes;
    }

    private void check() {
        for (Operation each : history) {
            if (each.verb() == Verb.GET && each.answer() != null) {
                checkValue(each, Operation.unnoted(each.answer()));
            } else if (each.verb() == Verb.GET) {
                checkNothing(each);
                if (!lifetimes.areLimited()) {
                    reader(each).olderRead(null, each);
                }
            } else if (each.verb() == Verb.CONTAINS && "false".equals(each.answer())) {
                checkNothing(each);
            }
        }
    }

    private NearReader reader(Operation read) {
        return readers.computeIfAbsent(read.node(), node -> new NearReader());
    }

    private void checkValue(Operation read, String value) {
        Change write = writes.get(value);
        if (write == null || write.callNanos() > read.returnNanos()) {
            violation("a value from nowhere", read);
            return;
        }
        checkAge(read, write);
        if (lifetimes.mustHaveEnded(write.knownNanos(), read.callNanos())) {
            violation("a read of what had ended", read);
        }
        Operation newer = reader(read).olderRead(write, read);
        if (newer != null) {
            violation("the reads of a node went back", newer, read);
        }
    }

    private void checkAge(Operation read, Change write) {
        Change over = all.firstAfter(write);
        if (over != null) {
            long staleNanos = read.callNanos() - over.knownNanos();
            worstNanos = Math.max(worstNanos, staleNanos);
            if (staleNanos > boundNanos) {
                violation("a read was out of date for " + staleNanos / 1_000 + " µs", read, over.operation());
            }
        }
        Changes ofNode = own.get(read.node());
        Change ownOver = ofNode == null ? null : ofNode.firstAfter(write);
        if (ownOver != null && ownOver.operation().returnNanos() < read.callNanos()) {
            violation("a node did not read its own write", read, ownOver.operation());
        }
    }

    /** A read of nothing is wrong if there must have been something at all times from which it may be. */
    private void checkNothing(Operation read) {
        Change there = all.lastCalledOfThoseKnownBefore(read.callNanos() - boundNanos);
        Changes ofNode = own.get(read.node());
        Change ownThere = ofNode == null ? null : ofNode.lastCalledOfThoseKnownBefore(read.callNanos());
        if (there != null && isThereUntil(there, read.returnNanos())) {
            violation("a read of nothing was out of date", there.operation(), read);
        }
        if (ownThere != null && isThereUntil(ownThere, read.returnNanos())) {
            violation("a node did not read its own write, but nothing", ownThere.operation(), read);
        }
    }

    private boolean isThereUntil(Change change, long nanos) {
        String value = change.value();
        return value != null
                && !lifetimes.mayHaveEnded(value, nanos)
                && history.stream()
                        .filter(each -> each.verb().removes() && !each.changedNothing())
                        .noneMatch(each -> each.returnNanos() >= change.callNanos() && each.callNanos() <= nanos);
    }

    private void violation(String description, Operation... evidence) {
        violations.add(Violation.of(description, history, Objects.requireNonNull(evidence)));
    }

    /** What was found out; of how old a read was only what is certain. */
    public record Findings(List<Violation> violations, Duration worstStaleness) {}
}
