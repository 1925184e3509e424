package io.github.tieredjcache.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reads of near copies may be old within their limits, and what is reported is beyond them. */
class NearReadsTest {
    private static final Duration BOUND = Duration.ofNanos(100);
    private static final int HERE = 1;
    private static final int THERE = 2;

    @Test
    void anOldValueIsReadWithinTheBoundAndNotBeyond() {
        Operation[] changes = {put(THERE, 0, 1, "a"), put(THERE, 10, 20, "b")};
        right(with(changes, got(HERE, 120, 121, "a")));
        wrong("out of date", with(changes, got(HERE, 121, 122, "a")));
        assertEquals(
                Duration.ofNanos(55),
                NearReads.check(List.of(with(changes, got(HERE, 75, 76, "a"))), BOUND, Duration.ZERO)
                        .worstStaleness());
    }

    @Test
    void overlappingOperationsAreNotOrdered() {
        right(put(THERE, 0, 20, "a"), put(THERE, 10, 30, "b"), got(HERE, 900, 901, "a"));
        right(put(THERE, 0, 20, "a"), put(THERE, 10, 30, "b"), got(HERE, 900, 901, "b"));
    }

    @Test
    void overlappingWritesAreOrderedByReadsAndReplacedValues() {
        wrong(
                "out of date",
                put(THERE, 0, 20, "a"),
                got(THERE, 2, 4, "a"),
                put(THERE, 10, 30, "b"),
                got(HERE, 900, 901, "a"));
        wrong(
                "out of date",
                put(THERE, 0, 20, "a"),
                new Operation(THERE, "key", Verb.GET_AND_PUT, "b", null, "a", 10, 30),
                got(HERE, 900, 901, "a"));
        wrong(
                "out of date",
                put(THERE, 0, 20, "a"),
                new Operation(THERE, "key", Verb.REMOVE_EXPECTED, null, "a", "true", 10, 30),
                got(HERE, 900, 901, "a"));
    }

    @Test
    void aRemovedValueIsReadWithinTheBoundOnly() {
        Operation[] changes = {
            put(THERE, 0, 1, "a"), new Operation(THERE, "key", Verb.REMOVE, null, null, "true", 10, 20)
        };
        right(with(changes, got(HERE, 120, 121, "a")));
        wrong("out of date", with(changes, got(HERE, 121, 122, "a")));
    }

    @Test
    void aWriteOfUnknownOutcomeMakesNoValueStaleUntilItIsRead() {
        Operation unknown = put(THERE, 10, Operation.NEVER, "b");
        right(put(THERE, 0, 1, "a"), unknown, got(HERE, 900, 901, "a"));
        wrong("out of date", put(THERE, 0, 1, "a"), unknown, got(THERE, 20, 21, "b"), got(HERE, 900, 901, "a"));
    }

    @Test
    void aNodeReadsItsOwnWritesAtOnce() {
        right(put(HERE, 0, 1, "a"), put(HERE, 10, 20, "b"), got(HERE, 20, 21, "a"));
        wrong("own write", put(HERE, 0, 1, "a"), put(HERE, 10, 20, "b"), got(HERE, 21, 22, "a"));
        right(put(HERE, 0, 1, "a"), put(HERE, 10, 20, "b"), put(THERE, 30, 40, "c"), got(HERE, 41, 42, "b"));
    }

    @Test
    void aNodeReadsItsOwnRemovalsAtOnce() {
        Operation[] changes = {
            put(HERE, 0, 1, "a"), new Operation(HERE, "key", Verb.REMOVE_ALL, null, null, null, 10, 20)
        };
        right(with(changes, got(HERE, 21, 22, null)));
        wrong("own write", with(changes, got(HERE, 21, 22, "a")));
    }

    @Test
    void aMissIsWrongWhileTheKeyHasAnEntry() {
        Operation put = put(HERE, 10, 20, "a");
        right(put, got(HERE, 15, 16, null));
        wrong("own write", put, got(HERE, 21, 22, null));
        wrong("own write", put, new Operation(HERE, "key", Verb.CONTAINS, null, null, "false", 21, 22));
        right(put, got(THERE, 120, 121, null));
        wrong("out of date", put, got(THERE, 121, 122, null));
        right(put, new Operation(THERE, "key", Verb.CLEAR, null, null, null, 19, 30), got(HERE, 21, 22, null));
        right(
                put,
                new Operation(THERE, "key", Verb.REMOVE, null, null, null, 12, Operation.NEVER),
                got(HERE, 90, 91, null));
        wrong(
                "own write",
                put,
                new Operation(THERE, "key", Verb.REMOVE, null, null, "false", 2, 30),
                got(HERE, 31, 32, null));
    }

    @Test
    void theReadsOfANodeDoNotGoBack() {
        Operation[] changes = {put(THERE, 0, 1, "a"), put(THERE, 10, 20, "b")};
        wrong("went back", with(changes, got(HERE, 30, 31, "b"), got(HERE, 32, 33, "a")));
        right(with(changes, got(HERE, 30, 32, "b"), got(HERE, 31, 33, "a")));
        right(with(changes, got(THERE + 1, 30, 31, "b"), got(HERE, 32, 33, "a")));
    }

    @Test
    void aReadThatGoesBackIsFoundEvenIfTheWritesOverlap() {
        Operation[] changes = {put(THERE, 0, 20, "a"), put(THERE, 0, 20, "b")};
        right(with(changes, got(HERE, 30, 31, "a"), got(HERE, 32, 33, "b")));
        right(with(changes, got(HERE, 30, 31, "b"), got(HERE, 32, 33, "a")));
        wrong("went back", with(changes, got(HERE, 30, 31, "a"), got(HERE, 32, 33, "b"), got(HERE, 34, 35, "a")));
        Operation removal = new Operation(THERE, "key", Verb.REMOVE_ALL, null, null, null, 0, 50);
        wrong(
                "went back",
                put(THERE, 0, 20, "a"),
                removal,
                got(HERE, 30, 31, "a"),
                got(HERE, 32, 33, null),
                got(HERE, 34, 35, "a"));
    }

    @Test
    void aValueIsReadOnlyIfSomebodyWritesIt() {
        wrong("nowhere", got(HERE, 0, 1, "a"));
        wrong("nowhere", got(HERE, 0, 1, "a"), put(THERE, 2, 3, "a"));
        right(got(HERE, 0, 2, "a"), put(THERE, 1, 3, "a"));
    }

    @Test
    void aValueIsNotReadAfterItsLifetime() {
        Duration lifetime = Duration.ofSeconds(1);
        long second = lifetime.toNanos();
        Operation put = put(HERE, 0, 1, "a");
        assertEquals(
                List.of(),
                NearReads.check(List.of(put, got(HERE, second, second + 1, null)), BOUND, lifetime)
                        .violations());
        assertTrue(NearReads.check(List.of(put, got(HERE, 2 * second, 2 * second + 1, "a")), BOUND, lifetime)
                .violations()
                .get(0)
                .description()
                .contains("had ended"));
        assertEquals(
                2,
                NearReads.check(List.of(put, got(HERE, second / 2, second / 2 + 1, null)), BOUND, lifetime)
                        .violations()
                        .size());
    }

    private static Operation[] with(Operation[] changes, Operation... reads) {
        Operation[] all = new Operation[changes.length + reads.length];
        System.arraycopy(changes, 0, all, 0, changes.length);
        System.arraycopy(reads, 0, all, changes.length, reads.length);
        return all;
    }

    private static void right(Operation... history) {
        assertEquals(
                List.of(),
                NearReads.check(List.of(history), BOUND, Duration.ZERO).violations());
    }

    private static void wrong(String why, Operation... history) {
        List<Violation> violations =
                NearReads.check(List.of(history), BOUND, Duration.ZERO).violations();
        assertTrue(violations.stream().anyMatch(each -> each.description().contains(why)), violations::toString);
    }

    private static Operation put(int node, long call, long end, String value) {
        return new Operation(node, "key", Verb.PUT, value, null, null, call, end);
    }

    private static Operation got(int node, long call, long end, @Nullable String answer) {
        return new Operation(node, "key", Verb.GET, null, null, answer, call, end);
    }
}
