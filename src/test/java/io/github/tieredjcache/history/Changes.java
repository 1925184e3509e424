package io.github.tieredjcache.history;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The changes of one key that somebody knows of, to find those that certainly came after another. */
final class Changes {
    private final ToLongFunction<Change> known;
    private final long[] calls;
    // For each change by its call: of it and all later ones the one that was known first.
    private final Change[] firstKnown;
    // For each time at which one was known: of it and all known before the one that was called last.
    private final NavigableMap<Long, Change> lastCalled = new TreeMap<>();
    private final Map<Operation, Change> byOperation = new HashMap<>();

    /**
     * Orders changes.
     *
     * @param known when a change was known, {@link Operation#NEVER} if it was not
     */
    Changes(Collection<Change> changes, ToLongFunction<Change> known) {
        this.known = known;
        List<Change> byCall = changes.stream()
                .filter(each -> known.applyAsLong(each) != Operation.NEVER)
                .sorted(Comparator.comparingLong(Change::callNanos))
                .toList();
        calls = byCall.stream().mapToLong(Change::callNanos).toArray();
        firstKnown = byCall.toArray(Change[]::new);
        for (int i = firstKnown.length - 2; i >= 0; i--) {
            firstKnown[i] = earlierKnown(firstKnown[i], firstKnown[i + 1]);
        }
        byCall.forEach(each -> byOperation.put(each.operation(), each));
        byCall.stream().sorted(Comparator.comparingLong(known)).forEach(this::addKnown);
    }

    private void addKnown(Change change) {
        var before = lastCalled.lastEntry();
        boolean later = before == null || before.getValue().callNanos() <= change.callNanos();
        lastCalled.put(known.applyAsLong(change), later ? change : before.getValue());
    }

    private Change earlierKnown(Change one, Change other) {
        return known.applyAsLong(one) <= known.applyAsLong(other) ? one : other;
    }

    /** Returns, of the changes that certainly came after a change, the one that was known first; null if there is none. */
    @Nullable
    Change firstAfter(Change change) {
        int found = Arrays.binarySearch(calls, change.knownNanos() + 1);
        int from = found < 0 ? -found - 1 : firstOfEqual(found);
        Change first = from < calls.length ? firstKnown[from] : null;
        Operation replacing = change.replacing();
        Change next = replacing == null ? null : byOperation.get(replacing);
        if (first == null || next == null) {
            return first == null ? next : first;
        }
        return earlierKnown(first, next);
    }

    private int firstOfEqual(int index) {
        int first = index;
        while (first > 0 && calls[first - 1] == calls[index]) {
            first--;
        }
        return first;
    }

    /** Returns, of the changes that were known before an instant, the one that was called last; null if there is none. */
    @Nullable
    Change lastCalledOfThoseKnownBefore(long nanos) {
        var entry = lastCalled.lowerEntry(nanos);
        return entry == null ? null : entry.getValue();
    }
}
