package io.github.tieredjcache.internal.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class JitterTest {
    @Test
    void aLifetimeIsShortenedByARandomShareAndNeverProlonged() {
        assertEquals(1_000, new Jitter(10, () -> 0.0).shortened(1_000));
        assertEquals(950, new Jitter(10, () -> 0.5).shortened(1_000));
        assertEquals(901, new Jitter(10, () -> 0.99).shortened(1_000));
    }

    @Test
    void specialLifetimesAreNotShortened() {
        Jitter half = new Jitter(50, () -> 1.0);
        assertEquals(Lifetime.ETERNAL, half.shortened(Lifetime.ETERNAL));
        assertEquals(Lifetime.UNCHANGED, half.shortened(Lifetime.UNCHANGED));
        assertEquals(Lifetime.ZERO, half.shortened(Lifetime.ZERO));
        assertEquals(7, Jitter.NONE.shortened(7));
    }
}
