package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The journal after each order in which changes and recovery can meet. */
class RecoveryJournalTest {
    private final RecoveryJournal<String> journal = new RecoveryJournal<>(3);

    private void change(String key) {
        journal.beginChange(key);
        journal.endChange(key);
    }

    @Test
    void aNewJournalIsEmpty() {
        assertTrue(journal.isEmpty());
        assertFalse(journal.has("key"));
        assertFalse(journal.hasAll());
        assertEquals(Map.of(), journal.idleKeys(10));
        assertEquals(Map.of(), journal.idleKeys("key"));
    }

    @Test
    void aKeyIsJournaledFromTheBeginningOfItsChangeUntilItsRemovalFromRedis() {
        journal.beginChange("key");
        assertTrue(journal.has("key"));
        assertFalse(journal.has("other"));
        journal.endChange("key");
        assertTrue(journal.has("key"));
        Map<String, Long> idle = journal.idleKeys(10);
        assertTrue(journal.has("key"), "idleKeys removes nothing");
        assertEquals(List.of("key"), journal.markRemoved(idle));
        assertFalse(journal.has("key"));
        assertTrue(journal.isEmpty());
        assertEquals(1, journal.removedCount());
    }

    @Test
    void aKeyWithAChangeInProgressIsNotRemoved() {
        journal.beginChange("key");
        assertEquals(Map.of(), journal.idleKeys(10));
        assertEquals(Map.of(), journal.idleKeys("key"));
        journal.endChange("key");
        assertEquals(1, journal.idleKeys("key").size());
    }

    @Test
    void aKeyWithTwoChangesIsIdleAfterBothHaveEnded() {
        journal.beginChange("key");
        journal.beginChange("key");
        journal.endChange("key");
        assertEquals(Map.of(), journal.idleKeys("key"));
        journal.endChange("key");
        assertEquals(List.of("key"), journal.markRemoved(journal.idleKeys("key")));
    }

    @Test
    void aKeyThatChangesDuringItsRemovalStaysJournaled() {
        change("key");
        Map<String, Long> idle = journal.idleKeys(10);
        change("key");
        assertEquals(List.of(), journal.markRemoved(idle));
        assertTrue(journal.has("key"));
        assertEquals(0, journal.removedCount());
        assertEquals(List.of("key"), journal.markRemoved(journal.idleKeys(10)));
    }

    @Test
    void aKeyWhoseChangeBeginsDuringItsRemovalStaysJournaled() {
        change("key");
        Map<String, Long> idle = journal.idleKeys(10);
        journal.beginChange("key");
        assertEquals(List.of(), journal.markRemoved(idle));
        assertTrue(journal.has("key"));
        journal.endChange("key");
        assertTrue(journal.has("key"));
    }

    @Test
    void aKeyThatIsRemovedTwiceIsCountedOnce() {
        change("key");
        Map<String, Long> one = journal.idleKeys(10);
        Map<String, Long> other = journal.idleKeys("key");
        assertEquals(List.of("key"), journal.markRemoved(one));
        assertEquals(List.of(), journal.markRemoved(other));
        assertEquals(1, journal.removedCount());
    }

    @Test
    void idleKeysReturnsAtMostTheGivenNumber() {
        change("1");
        change("2");
        change("3");
        Map<String, Long> two = journal.idleKeys(2);
        assertEquals(2, two.size());
        assertEquals(2, journal.markRemoved(two).size());
        assertEquals(1, journal.size());
        assertFalse(journal.isEmpty());
    }

    @Test
    void anEndWithoutABeginningChangesNothing() {
        journal.endChange("key");
        assertFalse(journal.has("key"));
        assertTrue(journal.isEmpty());
    }

    @Test
    void upToItsBoundTheJournalHoldsSingleKeys() {
        change("1");
        change("2");
        change("3");
        assertFalse(journal.hasAll());
        assertFalse(journal.has("4"));
        assertEquals(0, journal.overflows());
    }

    @Test
    void oneKeyBeyondTheBoundJournalsAllKeys() {
        for (int i = 1; i <= 4; i++) {
            change(Integer.toString(i));
        }
        assertTrue(journal.hasAll());
        assertTrue(journal.has("1"));
        assertTrue(journal.has("never changed"));
        assertEquals(1, journal.overflows());
        assertEquals(-1, journal.size(), "all keys");
        change("5");
        assertEquals(1, journal.overflows(), "an overflow is counted once");
    }

    @Test
    void aClearEmptiesTheJournal() {
        journal.addAll();
        assertTrue(journal.has("any"));
        assertFalse(journal.isEmpty());
        journal.beginClear();
        assertTrue(journal.has("any"), "Redis has not confirmed the clear");
        journal.endClear(true);
        assertFalse(journal.has("any"));
        assertTrue(journal.isEmpty());
        assertEquals(1, journal.removedCount());
    }

    @Test
    void aFailedClearLeavesAllKeysJournaled() {
        journal.addAll();
        journal.beginClear();
        journal.endClear(false);
        assertTrue(journal.has("any"));
        assertTrue(journal.hasAll());
        assertFalse(journal.isEmpty());
    }

    @Test
    void aKeyThatChangesDuringAClearStaysJournaled() {
        journal.addAll();
        journal.beginClear();
        change("late");
        journal.endClear(true);
        assertTrue(journal.has("late"));
        assertFalse(journal.has("any"));
        assertEquals(List.of("late"), journal.markRemoved(journal.idleKeys(10)));
        assertTrue(journal.isEmpty());
    }

    @Test
    void aKeyWithAChangeInProgressWhenAClearEndsStaysJournaled() {
        journal.addAll();
        journal.beginChange("before");
        journal.beginClear();
        journal.beginChange("meanwhile");
        journal.endClear(true);
        assertTrue(journal.has("before"));
        assertTrue(journal.has("meanwhile"));
        journal.endChange("before");
        journal.endChange("meanwhile");
        assertTrue(journal.has("before"));
        assertTrue(journal.has("meanwhile"));
    }

    @Test
    void aChangeThatBeginsBeforeAClearAndEndsDuringItStaysJournaled() {
        journal.addAll();
        journal.beginChange("key");
        journal.beginClear();
        journal.endChange("key");
        journal.endClear(true);
        assertTrue(journal.has("key"));
    }

    @Test
    void aChangeOfAllKeysDuringAClearLeavesAllKeysJournaled() {
        journal.addAll();
        journal.beginClear();
        journal.addAll();
        journal.endClear(true);
        assertTrue(journal.hasAll());
        journal.beginClear();
        journal.endClear(true);
        assertTrue(journal.isEmpty());
    }

    @Test
    void anOverflowDuringAClearLeavesAllKeysJournaled() {
        journal.addAll();
        journal.beginClear();
        for (int i = 1; i <= 4; i++) {
            change(Integer.toString(i));
        }
        journal.endClear(true);
        assertTrue(journal.has("1"));
        assertTrue(journal.has("never changed"), "Redis may have cleared the cache before the first of them");
        assertEquals(1, journal.overflows());
    }

    @Test
    void theBoundHoldsDuringALongClear() {
        journal.addAll();
        journal.beginClear();
        for (int i = 0; i < 100; i++) {
            change(Integer.toString(i));
        }
        assertTrue(journal.size() <= 3, () -> "the journal holds " + journal.size() + " keys");
    }

    @Test
    void aRemovalThatBeganBeforeAClearDoesNotCoverALaterChange() {
        change("key");
        // 1. A caller begins to remove the key from Redis. 2. Meanwhile Redis is cleared. 3. The key changes again.
        Map<String, Long> old = journal.idleKeys("key");
        journal.addAll();
        journal.beginClear();
        journal.endClear(true);
        change("key");
        // 4. The removal of step 1 ends; it does not cover the change of step 3.
        assertEquals(List.of(), journal.markRemoved(old));
        assertTrue(journal.has("key"));
    }

    @Test
    void twoOverlappingClearsDoNotCoverAChangeBetweenThem() {
        journal.addAll();
        // 1. One clear has run in Redis, and all keys change again. 2. Another clear begins and has not run in Redis.
        journal.beginClear();
        journal.addAll();
        journal.beginClear();
        // 3. The first clear is confirmed.
        journal.endClear(true);
        assertTrue(journal.has("any"), "the second clear has not run yet");
        // 4. The second clear fails.
        journal.endClear(false);
        assertTrue(journal.has("any"));
    }
}
