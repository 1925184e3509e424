package io.github.tieredjcache.internal.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LifetimeTest {
    private static final long NOW = -500;

    @Test
    void anEternalLifetimeHasNoDeadlineAndALongOneDoesNotOverflow() {
        assertEquals(Entry.NO_DEADLINE, Lifetime.deadline(NOW, Lifetime.ETERNAL));
        assertEquals(NOW + 7, Lifetime.deadline(NOW, 7));
        assertEquals(
                Long.MAX_VALUE / 2 + Long.MAX_VALUE / 4, Lifetime.deadline(Long.MAX_VALUE / 4, Long.MAX_VALUE - 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {89, 111})
    void aTouchIsDueIfTheDeadlineIsOffByMoreThanATenthOfTheLifetime(long left) {
        assertTrue(Lifetime.isTouchDue(NOW + left, NOW, 100));
    }

    @ParameterizedTest
    @ValueSource(longs = {90, 100, 110})
    void aTouchIsNotDueWithinATenthOfTheLifetime(long left) {
        assertFalse(Lifetime.isTouchDue(NOW + left, NOW, 100));
    }

    @Test
    void aTouchIsDueIfItGivesOrTakesADeadline() {
        assertTrue(Lifetime.isTouchDue(NOW + 100, NOW, Lifetime.ETERNAL));
        assertTrue(Lifetime.isTouchDue(Entry.NO_DEADLINE, NOW, 100));
        assertFalse(Lifetime.isTouchDue(Entry.NO_DEADLINE, NOW, Lifetime.ETERNAL));
    }

    @Test
    void aLocalTouchIsDueIfItGivesADeadlineThatIsLaterByMoreThanAThousandthOfTheLifetimeOrASecond() {
        long hour = 3_600_000_000_000L;
        long second = 1_000_000_000L;
        assertFalse(Lifetime.isLocalTouchDue(NOW + second - second / 1_000, NOW, second));
        assertTrue(Lifetime.isLocalTouchDue(NOW + second - second / 1_000 - 1, NOW, second));
        assertFalse(Lifetime.isLocalTouchDue(NOW + hour - second, NOW, hour));
        assertTrue(Lifetime.isLocalTouchDue(NOW + hour - second - 1, NOW, hour));
    }

    @Test
    void aLocalTouchIsDueIfItGivesAnEarlierDeadlineOrGivesOrTakesOne() {
        assertTrue(Lifetime.isLocalTouchDue(NOW + 101, NOW, 100));
        assertTrue(Lifetime.isLocalTouchDue(NOW + 1, NOW, Lifetime.ZERO));
        for (long now : new long[] {NOW, 500}) {
            assertTrue(Lifetime.isLocalTouchDue(now + 100, now, Lifetime.ETERNAL));
            assertTrue(Lifetime.isLocalTouchDue(Entry.NO_DEADLINE, now, 100));
            assertFalse(Lifetime.isLocalTouchDue(Entry.NO_DEADLINE, now, Lifetime.ETERNAL));
        }
    }

    @Test
    void theEarlierOfTwoDeadlinesMayBeBeforeAnOverflowOfTheClock() {
        assertEquals(7, Lifetime.earlier(7, 8));
        assertEquals(7, Lifetime.earlier(8, 7));
        assertEquals(7, Lifetime.earlier(7, 7));
        assertEquals(7, Lifetime.earlier(7, Entry.NO_DEADLINE));
        assertEquals(7, Lifetime.earlier(Entry.NO_DEADLINE, 7));
        assertEquals(Entry.NO_DEADLINE, Lifetime.earlier(Entry.NO_DEADLINE, Entry.NO_DEADLINE));
        assertEquals(Long.MAX_VALUE - 1, Lifetime.earlier(Long.MIN_VALUE + 1, Long.MAX_VALUE - 1));
    }
}
