package io.github.tieredjcache.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks the operations on one key of a server that was killed and whose place another one took, which may lack the last of what was
 * acknowledged: they are linearizable but for that.
 *
 * <p>That is, what was called before the end of the one is linearizable by itself, where a call without an answer by then may or may
 * not have changed something; and what came after it is, from something on that the key had held before, which is the same for
 * all. What is lost is lost for good.
 */
public final class Failover {
    private static final String UNSEEN = "a value that no caller received";

    private final List<Operation> history;
    private final long killNanos;
    private final long deadNanos;

    private Failover(List<Operation> history, long killNanos, long deadNanos) {
        this.history = history;
        this.killNanos = killNanos;
        this.deadNanos = deadNanos;
    }

    /**
     * Returns what cannot be explained, or null.
     *
     * @param history the operations on a key that begins without an entry and whose values do not end, in any order
     * @param killNanos when the server answered for certain for the last time
     * @param deadNanos from when on it did not, and not yet the other
     */
    public static @Nullable Violation find(List<Operation> history, long killNanos, long deadNanos) {
        return new Failover(history, killNanos, deadNanos).find();
    }

    private @Nullable Violation find() {
        Violation before = Linearizability.find(before(), Duration.ZERO);
        if (before != null) {
            return before;
        }
        List<Operation> after = after();
        Violation first = null;
        for (String held : candidates(after)) {
            Violation violation = from(held, after);
            if (violation == null) {
                return null;
            }
            first = first == null ? violation : first;
        }
        return first;
    }

    private List<Operation> before() {
        return history.stream()
                .filter(each -> each.callNanos() < deadNanos)
                .filter(each -> !each.verb().reads() || each.returnNanos() < deadNanos)
                .map(each -> each.returnNanos() < deadNanos ? each : ofUnknownOutcome(each))
                .toList();
    }

    private List<Operation> after() {
        List<Operation> after = new ArrayList<>();
        for (Operation each : history) {
            if (each.callNanos() >= deadNanos) {
                after.add(each);
            } else if (each.returnNanos() >= killNanos && !each.verb().reads()) {
                // Answered by the one or by the other.
                after.add(ofUnknownOutcome(each));
            }
        }
        history.stream()
                .filter(each -> each.verb() == Verb.CLEAR && each.callNanos() < deadNanos)
                .findFirst()
                // A cache that was cleared is cleared once more where the first time was lost.
                .ifPresent(each -> after.add(ofUnknownOutcome(each)));
        return after;
    }

    private static Operation ofUnknownOutcome(Operation of) {
        return new Operation(
                of.node(), of.key(), of.verb(), of.value(), of.expected(), null, of.callNanos(), Operation.NEVER);
    }

    /** Returns what the key may have held at first, as far as it makes a difference to those who came after. */
    private Set<String> candidates(List<Operation> after) {
        Set<String> written = values(before());
        Set<String> candidates = new LinkedHashSet<>();
        // The empty text stands for nothing.
        candidates.add("");
        after.stream()
                .filter(Operation::isKnown)
                .flatMap(each -> Stream.of(String.valueOf(each.answer()), String.valueOf(each.expected())))
                .filter(each -> written.contains(Operation.unnoted(each)))
                .forEach(candidates::add);
        if (!written.isEmpty()) {
            candidates.add(UNSEEN);
        }
        return candidates;
    }

    private static Set<String> values(Collection<Operation> operations) {
        return operations.stream()
                .map(Operation::value)
                .filter(value -> value != null)
                .collect(Collectors.toSet());
    }

    private static @Nullable Violation from(String held, List<Operation> after) {
        List<Operation> all = new ArrayList<>(after);
        if (!held.isEmpty()) {
            long firstNanos =
                    after.stream().mapToLong(Operation::callNanos).min().orElse(0);
            all.add(new Operation(-1, "", Verb.PUT, held, null, null, firstNanos - 2, firstNanos - 1));
        }
        return Linearizability.find(all, Duration.ZERO);
    }
}
