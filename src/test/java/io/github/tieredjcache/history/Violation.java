package io.github.tieredjcache.history;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What in a history nothing can explain.
 *
 * @param description in one line
 * @param around the operations of the key that show it, by their calls
 */
public record Violation(String description, List<Operation> around) {
    private static final int CHANGES_MAX = 8;
    private static final int OVERLAPPING_MAX = 12;

    /** Describes a violation with the operations that show it, who wrote the values in question, the changes before, and what else was under way. */
    static Violation of(String description, List<Operation> history, Operation... evidence) {
        Set<Operation> around = new LinkedHashSet<>(List.of(evidence));
        Set<String> values = around.stream()
                .flatMap(each -> Stream.of(each.value(), each.answer()))
                .filter(Objects::nonNull)
                .map(Operation::unnoted)
                .collect(Collectors.toSet());
        history.stream()
                .filter(each -> each.value() != null && values.contains(each.value()))
                .forEach(around::add);
        long lastNanos = Stream.of(evidence)
                .filter(Operation::isKnown)
                .mapToLong(Operation::returnNanos)
                .max()
                .orElse(Operation.NEVER);
        List<Operation> latestFirst = history.stream()
                .filter(each -> each.callNanos() <= lastNanos)
                .sorted(Comparator.comparingLong(Operation::callNanos).reversed())
                .toList();
        latestFirst.stream()
                .filter(each -> !each.changedNothing())
                .limit(CHANGES_MAX)
                .forEach(around::add);
        latestFirst.stream()
                .filter(each -> Stream.of(evidence).anyMatch(other -> overlap(each, other)))
                .limit(OVERLAPPING_MAX)
                .forEach(around::add);
        return new Violation(
                description,
                around.stream()
                        .sorted(Comparator.comparingLong(Operation::callNanos))
                        .toList());
    }

    private static boolean overlap(Operation one, Operation other) {
        return one.callNanos() <= other.returnNanos() && other.callNanos() <= one.returnNanos();
    }

    @Override
    public String toString() {
        long sinceNanos = around.get(0).callNanos();
        return around.get(0).key() + ": " + description + "\n    in µs:\n    "
                + around.stream().map(each -> each.describe(sinceNanos)).collect(Collectors.joining("\n    "));
    }
}
