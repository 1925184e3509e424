package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a journal says after each of the orders in which changes and recovery can meet. */
class RecoveryJournalTest {
    private final RecoveryJournal<String> journal = new RecoveryJournal<>(3);

    private void change(String key) {
        journal.begin(key);
        journal.end(key);
    }

    @Test
    void aNewOneHasNothing() {
        assertTrue(journal.isEmpty());
        assertFalse(journal.has("key"));
        assertFalse(journal.hasAll());
        assertEquals(Map.of(), journal.idle(10));
        assertEquals(Map.of(), journal.idle("key"));
    }

    @Test
    void aKeyIsInItFromTheBeginningOfItsChangeUntilRedisHasForgottenIt() {
        journal.begin("key");
        assertTrue(journal.has("key"));
        assertFalse(journal.has("other"));
        journal.end("key");
        assertTrue(journal.has("key"));
        Map<String, Long> idle = journal.idle(10);
        assertTrue(journal.has("key"), "it is only looked at");
        assertEquals(List.of("key"), journal.voided(idle));
        assertFalse(journal.has("key"));
        assertTrue(journal.isEmpty());
        assertEquals(1, journal.voided());
    }

    @Test
    void aKeyWhoseChangeIsUnderWayIsNotVoided() {
        journal.begin("key");
        assertEquals(Map.of(), journal.idle(10));
        assertEquals(Map.of(), journal.idle("key"));
        journal.end("key");
        assertEquals(1, journal.idle("key").size());
    }

    @Test
    void twoChangesOfAKeyAreUnderWayUntilBothHaveEnded() {
        journal.begin("key");
        journal.begin("key");
        journal.end("key");
        assertEquals(Map.of(), journal.idle("key"));
        journal.end("key");
        assertEquals(List.of("key"), journal.voided(journal.idle("key")));
    }

    @Test
    void aKeyThatChangedWhileItWasVoidedStays() {
        change("key");
        Map<String, Long> idle = journal.idle(10);
        change("key");
        assertEquals(List.of(), journal.voided(idle));
        assertTrue(journal.has("key"));
        assertEquals(0, journal.voided());
        assertEquals(List.of("key"), journal.voided(journal.idle(10)));
    }

    @Test
    void aKeyWhoseChangeBeganWhileItWasVoidedStays() {
        change("key");
        Map<String, Long> idle = journal.idle(10);
        journal.begin("key");
        assertEquals(List.of(), journal.voided(idle));
        assertTrue(journal.has("key"));
        journal.end("key");
        assertTrue(journal.has("key"));
    }

    @Test
    void whatIsVoidedTwiceIsGoneOnce() {
        change("key");
        Map<String, Long> one = journal.idle(10);
        Map<String, Long> other = journal.idle("key");
        assertEquals(List.of("key"), journal.voided(one));
        assertEquals(List.of(), journal.voided(other));
        assertEquals(1, journal.voided());
    }

    @Test
    void idleGivesAsManyAsWereAskedFor() {
        change("1");
        change("2");
        change("3");
        Map<String, Long> two = journal.idle(2);
        assertEquals(2, two.size());
        assertEquals(2, journal.voided(two).size());
        assertEquals(1, journal.size());
        assertFalse(journal.isEmpty());
    }

    @Test
    void anEndWithoutABeginningIsNoMatter() {
        journal.end("key");
        assertFalse(journal.has("key"));
        assertTrue(journal.isEmpty());
    }

    @Test
    void asManyAsItHoldsAreToldOneByOne() {
        change("1");
        change("2");
        change("3");
        assertFalse(journal.hasAll());
        assertFalse(journal.has("4"));
        assertEquals(0, journal.overflows());
    }

    @Test
    void oneTooManyMakesAllKeysMissed() {
        for (int i = 1; i <= 4; i++) {
            change(Integer.toString(i));
        }
        assertTrue(journal.hasAll());
        assertTrue(journal.has("1"));
        assertTrue(journal.has("never changed"));
        assertEquals(1, journal.overflows());
        assertEquals(-1, journal.size(), "all of them");
        change("5");
        assertEquals(1, journal.overflows(), "it is counted once");
    }

    @Test
    void aClearForgetsAll() {
        journal.addAll();
        assertTrue(journal.has("any"));
        assertFalse(journal.isEmpty());
        journal.beginClear();
        assertTrue(journal.has("any"), "not before Redis says so");
        journal.endClear(true);
        assertFalse(journal.has("any"));
        assertTrue(journal.isEmpty());
        assertEquals(1, journal.voided());
    }

    @Test
    void aClearThatFailedForgetsNothing() {
        journal.addAll();
        journal.beginClear();
        journal.endClear(false);
        assertTrue(journal.has("any"));
        assertTrue(journal.hasAll());
        assertFalse(journal.isEmpty());
    }

    @Test
    void whatChangedDuringAClearStays() {
        journal.addAll();
        journal.beginClear();
        change("late");
        journal.endClear(true);
        assertTrue(journal.has("late"));
        assertFalse(journal.has("any"));
        assertEquals(List.of("late"), journal.voided(journal.idle(10)));
        assertTrue(journal.isEmpty());
    }

    @Test
    void whatIsUnderWayWhenAClearEndsStays() {
        journal.addAll();
        journal.begin("before");
        journal.beginClear();
        journal.begin("meanwhile");
        journal.endClear(true);
        assertTrue(journal.has("before"));
        assertTrue(journal.has("meanwhile"));
        journal.end("before");
        journal.end("meanwhile");
        assertTrue(journal.has("before"));
        assertTrue(journal.has("meanwhile"));
    }

    @Test
    void whatBeganBeforeAClearAndEndedDuringItStays() {
        journal.addAll();
        journal.begin("key");
        journal.beginClear();
        journal.end("key");
        journal.endClear(true);
        assertTrue(journal.has("key"));
    }

    @Test
    void aSecondClearOfAllDuringAClearKeepsAll() {
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
    void anOverflowDuringAClearKeepsAll() {
        journal.addAll();
        journal.beginClear();
        for (int i = 1; i <= 4; i++) {
            change(Integer.toString(i));
        }
        journal.endClear(true);
        assertTrue(journal.has("1"));
        assertTrue(journal.has("never changed"), "Redis may have forgotten before the first of them");
        assertEquals(1, journal.overflows());
    }

    @Test
    void itHoldsNoMoreThanItsBoundWhileAClearIsUnderWayForLong() {
        journal.addAll();
        journal.beginClear();
        for (int i = 0; i < 100; i++) {
            change(Integer.toString(i));
        }
        assertTrue(journal.size() <= 3, () -> "it holds " + journal.size() + " keys");
    }

    @Test
    void aKeyThatWasForgottenWithAllAndHasChangedAgainIsNotVoidedByAnOlderLook() {
        change("key");
        // 1. Somebody looks at the key and has Redis forget it. 2. Redis forgets all, meanwhile. 3. The key changes
        // again.
        Map<String, Long> old = journal.idle("key");
        journal.addAll();
        journal.beginClear();
        journal.endClear(true);
        change("key");
        // 4. What was forgotten in 1 is not the change of 3.
        assertEquals(List.of(), journal.voided(old));
        assertTrue(journal.has("key"));
    }

    @Test
    void twoClearsAtOnceDoNotForgetWhatCameBetweenThem() {
        journal.addAll();
        // 1. One clear is done in Redis, and all changes again. 2. Another one begins and has not come to Redis.
        journal.beginClear();
        journal.addAll();
        journal.beginClear();
        // 3. The first is told of.
        journal.endClear(true);
        assertTrue(journal.has("any"), "the second has not cleared yet");
        // 4. The second fails.
        journal.endClear(false);
        assertTrue(journal.has("any"));
    }
}
