package io.github.tieredjcache.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The checker finds an order where there is one, and none where there is none. */
class LinearizabilityCheckTest {
    private static final List<Verb> VERBS = List.of(Verb.values());
    private static final long NEVER = Operation.NEVER;

    @Test
    void anEmptyHistoryIsLinearizable() {
        right();
    }

    @Test
    void aSequentialHistoryIsLinearizable() {
        right(
                got(0, 1, null),
                putIfAbsent(2, 3, "a", true),
                putIfAbsent(4, 5, "b", false),
                got(6, 7, "a"),
                contains(8, 9, true),
                replaceExpected(10, 11, "x", "y", false),
                replaceExpected(12, 13, "a", "c", true),
                answered(14, 15, Verb.GET_AND_PUT, "d", "c"),
                answered(16, 17, Verb.GET_AND_REPLACE, "e", "d"),
                decided(18, 19, Verb.REMOVE_EXPECTED, null, "d", false),
                decided(20, 21, Verb.REMOVE_EXPECTED, null, "e", true),
                answered(22, 23, Verb.GET_AND_REPLACE, "f", null),
                answered(24, 25, Verb.INVOKE, "g", null),
                answered(26, 27, Verb.INVOKE, "h", "g<"),
                got(28, 29, "h<g"),
                decided(30, 31, Verb.REPLACE, "i", null, true),
                answered(32, 33, Verb.GET_AND_REMOVE, null, "i"),
                decided(34, 35, Verb.REMOVE, null, null, false),
                put(36, 37, "j"),
                answered(38, 39, Verb.REMOVE_ALL, null, null),
                contains(40, 41, false),
                put(42, 43, "k"),
                answered(44, 45, Verb.CLEAR, null, null),
                got(46, 47, null));
    }

    @Test
    void aLostUpdateIsWrong() {
        wrong(put(0, 1, "a"), answered(2, 6, Verb.GET_AND_PUT, "b", "a"), answered(3, 7, Verb.GET_AND_PUT, "c", "a"));
        wrong(put(0, 1, "a"), replaceExpected(2, 6, "a", "b", true), replaceExpected(3, 7, "a", "c", true));
        wrong(put(0, 1, "a"), answered(2, 6, Verb.INVOKE, "b", "a"), answered(3, 7, Verb.INVOKE, "c", "a"));
    }

    @Test
    void aStaleReadIsWrong() {
        wrong(put(0, 1, "a"), put(2, 3, "b"), got(4, 5, "a"));
    }

    @Test
    void aReadThatOverlapsAWriteMayReturnEitherValue() {
        right(put(0, 1, "a"), put(2, 9, "b"), got(3, 4, "a"));
        right(put(0, 1, "a"), put(2, 9, "b"), got(3, 4, "b"));
    }

    @Test
    void aWriteThatWasReadAndThenNotReadIsWrong() {
        wrong(put(0, 1, "a"), put(2, 9, "b"), got(3, 4, "b"), got(5, 6, "a"));
        right(put(0, 1, "a"), put(2, 9, "b"), got(3, 4, "a"), got(5, 6, "b"));
    }

    @Test
    void twoReadersWhoSawTwoWritesInDifferentOrdersAreWrong() {
        wrong(put(0, 20, "a"), put(0, 20, "b"), got(1, 2, "a"), got(3, 4, "b"), got(5, 6, "a"));
    }

    @Test
    void twoWinnersOfOnePutIfAbsentAreWrong() {
        wrong(putIfAbsent(0, 5, "a", true), putIfAbsent(1, 6, "b", true));
        right(putIfAbsent(0, 5, "a", true), answered(0, 9, Verb.REMOVE_ALL, null, null), putIfAbsent(1, 6, "b", true));
    }

    @Test
    void noWinnerOfPutIfAbsentIsWrong() {
        wrong(putIfAbsent(0, 5, "a", false), putIfAbsent(1, 6, "b", false));
    }

    @Test
    void aValueThatNobodyWroteIsWrong() {
        wrong(got(0, 1, "a"));
        wrong(got(0, 1, "a"), put(2, 3, "a"));
    }

    @Test
    void aProcessorThatSawAnotherValueThanItReplacedIsWrong() {
        wrong(put(0, 1, "a"), answered(2, 3, Verb.INVOKE, "b", "a"), got(4, 5, "b<x"));
    }

    @Test
    void anEntryThatCameBackFromItsRemovalIsWrong() {
        wrong(put(0, 1, "a"), decided(2, 3, Verb.REMOVE, null, null, true), got(4, 5, "a"));
        wrong(put(0, 1, "a"), answered(2, 3, Verb.CLEAR, null, null), contains(4, 5, true));
    }

    @Test
    void aTwiceRemovedEntryIsWrong() {
        wrong(
                put(0, 1, "a"),
                decided(2, 6, Verb.REMOVE, null, null, true),
                decided(3, 7, Verb.REMOVE, null, null, true));
    }

    @Test
    void anUnknownOutcomeMayTakeEffectLateOrNever() {
        Operation unknown = put(0, NEVER, "a");
        right(unknown, got(1, 2, null), got(3, 4, null));
        right(unknown, got(1, 2, "a"), got(3, 4, "a"));
        right(unknown, got(1, 2, null), got(100, 101, "a"));
        right(unknown, put(1, 2, "b"), got(3, 4, "b"), got(5, 6, "a"));
    }

    @Test
    void anUnknownOutcomeTakesEffectOnceAndNotBeforeItsCall() {
        Operation unknown = put(2, NEVER, "a");
        wrong(unknown, got(0, 1, "a"));
        wrong(unknown, got(3, 4, "a"), put(5, 6, "b"), got(7, 8, "a"));
        wrong(
                answered(0, NEVER, Verb.INVOKE, "a", null),
                answered(1, 2, Verb.INVOKE, "b", "a<"),
                answered(3, 4, Verb.INVOKE, "c", "a<"));
    }

    @Test
    void aConditionOfUnknownOutcomeIsCheckedWhenItTakesEffect() {
        Operation unknown = decided(2, NEVER, Verb.REMOVE_EXPECTED, null, "a", false);
        right(put(0, 1, "a"), unknown, got(3, 4, null));
        wrong(put(0, 1, "b"), unknown, got(3, 4, null));
    }

    @Test
    void manyUnknownOutcomesCostLittle() {
        List<Operation> history = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            history.add(put(i, NEVER, "unknown " + i));
        }
        for (long i = 0; i < 300; i++) {
            history.add(put(100 + 4 * i, 101 + 4 * i, "value " + i));
            history.add(got(102 + 4 * i, 103 + 4 * i, "value " + i));
        }
        right(history.toArray(Operation[]::new));
        history.add(got(5_000, 5_001, "value 7"));
        wrong(history.toArray(Operation[]::new));
    }

    @Test
    void aLongHistoryWithManyUnderWayIsChecked() {
        List<Operation> history = new ArrayList<>();
        for (long i = 0; i < 20_000; i++) {
            // Four threads, each a little later than the one before.
            history.add(put(10 * i, 10 * i + 35, "value " + i));
            history.add(got(10 * i + 1, 10 * i + 32, "value " + i));
        }
        right(history.toArray(Operation[]::new));
        history.add(got(300_000, 300_001, "value 17"));
        wrong(history.toArray(Operation[]::new));
    }

    @Test
    void aValueMayExpireAfterItsLifetimeAndNotBefore() {
        Duration lifetime = Duration.ofSeconds(1);
        long second = lifetime.toNanos();
        assertNull(Linearizability.find(List.of(put(0, 1, "a"), got(second, second + 1, null)), lifetime));
        assertNull(Linearizability.find(List.of(put(0, 1, "a"), got(second, second + 1, "a")), lifetime));
        assertNotNull(Linearizability.find(List.of(put(0, 1, "a"), got(second / 2, second / 2 + 1, null)), lifetime));
        assertNotNull(Linearizability.find(
                List.of(put(0, 1, "a"), putIfAbsent(second, second + 1, "b", true), got(second + 2, second + 3, "a")),
                lifetime));
    }

    @Test
    void theReportNamesTheAnswerAndTheWritesAroundIt() {
        Violation violation = Linearizability.find(
                List.of(put(0, 1_000, "a"), put(2_000, 3_000, "b"), got(4_000, 5_000, "a")), Duration.ZERO);
        assertNotNull(violation);
        assertTrue(violation.description().contains("GET -> a"), violation.description());
        assertTrue(violation.description().contains("[b]"), violation.description());
        assertEquals(
                List.of("a", "b", "a"),
                violation.around().stream()
                        .map(each -> each.value() == null ? each.answer() : each.value())
                        .toList());
    }

    @Test
    void theCheckAgreesWithASearchOfAllOrders() {
        Random random = new Random(17);
        int explained = 0;
        int rounds = 30_000;
        for (int round = 0; round < rounds; round++) {
            List<Operation> history = new ArrayList<>();
            int length = 1 + random.nextInt(6);
            for (int i = 0; i < length; i++) {
                history.add(drawn(random));
            }
            boolean right = isRight(history, new boolean[length], null);
            assertEquals(right, Linearizability.find(history, Duration.ZERO) == null, () -> "history " + history);
            explained += right ? 1 : 0;
        }
        assertTrue(explained > rounds / 10 && explained < rounds * 9 / 10, "the draws are fair: " + explained);
    }

    private static Operation drawn(Random random) {
        Verb verb = VERBS.get(random.nextInt(VERBS.size()));
        String value = drawnValue(random);
        String expected = drawnValue(random);
        String answer = switch (verb) {
            case GET, GET_AND_PUT, GET_AND_REPLACE, GET_AND_REMOVE, INVOKE ->
                random.nextInt(3) == 0 ? null : drawnValue(random);
            case PUT, REMOVE_ALL, CLEAR -> null;
            default -> String.valueOf(random.nextBoolean());
        };
        long call = random.nextInt(12);
        boolean unknown = !verb.reads() && random.nextInt(5) == 0;
        return new Operation(
                0,
                "key",
                verb,
                value,
                expected,
                unknown ? null : answer,
                call,
                unknown ? NEVER : call + 1 + random.nextInt(8));
    }

    private static String drawnValue(Random random) {
        return random.nextBoolean() ? "a" : "b";
    }

    /** Tries every order, without any cleverness. */
    private static boolean isRight(List<Operation> history, boolean[] done, @Nullable String held) {
        boolean complete = true;
        for (int i = 0; i < done.length; i++) {
            complete &= done[i] || !history.get(i).isKnown();
        }
        if (complete) {
            return true;
        }
        for (int i = 0; i < done.length; i++) {
            Operation next = history.get(i);
            if (done[i] || !mayBeNext(next, history, done)) {
                continue;
            }
            Operation.After after = next.after(held);
            boolean[] more = Arrays.copyOf(done, done.length);
            more[i] = true;
            if (after != null && isRight(history, more, after.held())) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayBeNext(Operation next, List<Operation> history, boolean[] done) {
        for (int i = 0; i < done.length; i++) {
            if (!done[i] && history.get(i).returnNanos() < next.callNanos()) {
                return false;
            }
        }
        return true;
    }

    private static void right(Operation... history) {
        assertNull(Linearizability.find(List.of(history), Duration.ZERO));
    }

    private static void wrong(Operation... history) {
        assertNotNull(Linearizability.find(List.of(history), Duration.ZERO));
    }

    private static Operation put(long call, long end, String value) {
        return new Operation(0, "key", Verb.PUT, value, null, null, call, end);
    }

    private static Operation got(long call, long end, @Nullable String answer) {
        return new Operation(0, "key", Verb.GET, null, null, answer, call, end);
    }

    private static Operation contains(long call, long end, boolean answer) {
        return decided(call, end, Verb.CONTAINS, null, null, answer);
    }

    private static Operation putIfAbsent(long call, long end, String value, boolean answer) {
        return decided(call, end, Verb.PUT_IF_ABSENT, value, null, answer);
    }

    private static Operation replaceExpected(long call, long end, String expected, String value, boolean answer) {
        return decided(call, end, Verb.REPLACE_EXPECTED, value, expected, answer);
    }

    private static Operation decided(
            long call, long end, Verb verb, @Nullable String value, @Nullable String expected, boolean answer) {
        return new Operation(0, "key", verb, value, expected, String.valueOf(answer), call, end);
    }

    private static Operation answered(long call, long end, Verb verb, @Nullable String value, @Nullable String answer) {
        return new Operation(0, "key", verb, value, null, answer, call, end);
    }
}
