package io.github.tieredjcache.history;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What may be lost at a failover, and what may not happen even then. The server dies between 100 and 110. */
class FailoverTest {
    @Test
    void anAcknowledgedWriteBeforeTheKillMayBeLost() {
        right(put(0, 1, "a"), put(2, 3, "b"), got(200, 201, "a"), got(202, 203, "a"));
        right(put(0, 1, "a"), put(2, 3, "b"), got(200, 201, null));
        right(put(0, 1, "a"), operation(2, 3, Verb.REMOVE, null, "true"), got(200, 201, "a"));
        right(put(0, 1, "a"), operation(2, 3, Verb.INVOKE, "b", "a"), got(200, 201, "b<a"), got(202, 203, "b<a"));
    }

    @Test
    void aLostWriteThatComesBackIsFound() {
        wrong(put(0, 1, "a"), put(2, 3, "b"), got(200, 201, "a"), got(202, 203, "b"));
        wrong(put(0, 1, "a"), got(200, 201, null), got(202, 203, "a"));
    }

    @Test
    void aLostWriteAfterTheFailoverIsFound() {
        wrong(put(0, 1, "a"), put(200, 201, "b"), got(202, 203, "a"));
        wrong(put(0, 1, "a"), put(200, 201, "b"), got(202, 203, null));
    }

    @Test
    void aValueThatNobodyWroteIsFound() {
        wrong(put(0, 1, "a"), got(200, 201, "x"));
        wrong(got(200, 201, "x"));
    }

    @Test
    void aWriteInFlightMayTakeEffectOnEitherServer() {
        right(put(0, 1, "a"), put(90, 150, "b"), got(200, 201, "a"), got(202, 203, "b"));
        right(put(0, 1, "a"), put(90, Operation.NEVER, "b"), got(95, 96, "b"), got(200, 201, "b"));
        right(put(0, 1, "a"), put(90, Operation.NEVER, "b"), got(200, 201, "a"));
    }

    @Test
    void theHistoryBeforeTheKillIsCheckedAlone() {
        wrong(put(0, 1, "a"), got(2, 3, null), got(200, 201, "a"));
        wrong(put(0, 1, "a"), put(2, 3, "b"), got(4, 5, "a"));
    }

    @Test
    void aLostClearMayBeRepeated() {
        right(put(0, 1, "a"), operation(2, 3, Verb.CLEAR, null, null), got(200, 201, "a"), got(202, 203, null));
        wrong(put(0, 1, "a"), got(200, 201, "a"), got(202, 203, null));
    }

    private static void right(Operation... history) {
        assertNull(Failover.find(List.of(history), 100, 110));
    }

    private static void wrong(Operation... history) {
        assertNotNull(Failover.find(List.of(history), 100, 110));
    }

    private static Operation put(long callNanos, long returnNanos, String value) {
        return operation(callNanos, returnNanos, Verb.PUT, value, null);
    }

    private static Operation got(long callNanos, long returnNanos, @Nullable String answer) {
        return operation(callNanos, returnNanos, Verb.GET, null, answer);
    }

    private static Operation operation(
            long callNanos, long returnNanos, Verb verb, @Nullable String value, @Nullable String answer) {
        return new Operation(0, "key", verb, value, null, answer, callNanos, returnNanos);
    }
}
