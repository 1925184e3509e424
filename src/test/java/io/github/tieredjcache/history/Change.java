package io.github.tieredjcache.history;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An operation after which it is known what the key held, and by when that is known to have come to pass. */
final class Change {
    private final Operation operation;
    private long knownNanos;
    private @Nullable Operation replacing;

    Change(Operation operation) {
        this.operation = operation;
        this.knownNanos = operation.returnNanos();
    }

    /** Takes note of an operation that met this one's value: that had been written before it returned. */
    void metBy(Operation other) {
        knownNanos = Math.min(knownNanos, other.returnNanos());
        if (!other.changedNothing()) {
            replacing = other;
        }
    }

    Operation operation() {
        return operation;
    }

    /** Returns what the key held then, null for nothing. */
    @Nullable
    String value() {
        return operation.value();
    }

    long callNanos() {
        return operation.callNanos();
    }

    /** Returns when it had happened, as somebody's answer proves. */
    long knownNanos() {
        return knownNanos;
    }

    boolean happened() {
        return knownNanos != Operation.NEVER && !operation.changedNothing();
    }

    boolean isReplacedBy(Operation other) {
        return other.equals(replacing);
    }

    /** Returns the operation that met this one's value and changed it, if it said so. */
    @Nullable
    Operation replacing() {
        return replacing;
    }

    /** Returns whether all orders that explain the history have this one before the other. */
    boolean isCertainlyBefore(Change other) {
        return knownNanos < other.callNanos() || isReplacedBy(other.operation);
    }

    /** Returns the value that an operation says it met; null if it does not say so, or met nothing. */
    static @Nullable String metValue(Operation operation) {
        return switch (operation.verb()) {
            case GET, GET_AND_PUT, GET_AND_REPLACE, GET_AND_REMOVE, INVOKE ->
                operation.answer() == null ? null : Operation.unnoted(operation.answer());
            case REPLACE_EXPECTED, REMOVE_EXPECTED ->
                "true".equals(operation.answer())
                        ? Operation.unnoted(Objects.requireNonNull(operation.expected()))
                        : null;
            default -> null;
        };
    }

    /** Returns whether an operation that stores nothing left the key without an entry. */
    static boolean leftNothing(Operation operation) {
        return operation.isKnown()
                && switch (operation.verb()) {
                    case REMOVE, GET_AND_REMOVE, REMOVE_ALL, CLEAR -> true;
                    case REMOVE_EXPECTED -> "true".equals(operation.answer());
                    default -> false;
                };
    }
}
