package io.github.tieredjcache.internal.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.Undeclared;
import io.github.tieredjcache.integration.LogLines;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import javax.cache.expiry.AccessedExpiryPolicy;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.expiry.EternalExpiryPolicy;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.expiry.ModifiedExpiryPolicy;
import javax.cache.expiry.TouchedExpiryPolicy;
import org.junit.jupiter.api.Test;

class ExpiryTest {
    private static final Duration SECOND = new Duration(TimeUnit.SECONDS, 1);
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    @Test
    void eachPolicyOfJCacheHasItsLifetimes() {
        assertLifetimes(new CreatedExpiryPolicy(SECOND), NANOS, Lifetime.UNCHANGED, Lifetime.UNCHANGED);
        assertLifetimes(new ModifiedExpiryPolicy(SECOND), NANOS, NANOS, Lifetime.UNCHANGED);
        assertLifetimes(new AccessedExpiryPolicy(SECOND), NANOS, Lifetime.UNCHANGED, NANOS);
        assertLifetimes(new TouchedExpiryPolicy(SECOND), NANOS, NANOS, NANOS);
        assertLifetimes(new EternalExpiryPolicy(), Lifetime.ETERNAL, Lifetime.UNCHANGED, Lifetime.UNCHANGED);
    }

    private static void assertLifetimes(ExpiryPolicy policy, long creation, long update, long access) {
        Expiry expiry = expiry(policy);
        assertEquals(creation, expiry.creationNanos(), policy::toString);
        assertEquals(update, expiry.updateNanos(), policy::toString);
        assertEquals(access, expiry.accessNanos(), policy::toString);
        assertTrue(expiry.isConstant());
        assertEquals(access != Lifetime.UNCHANGED, expiry.mayTouch());
    }

    @Test
    void aPolicyIsEternalIfNoLifetimeEverEnds() {
        assertTrue(expiry(new EternalExpiryPolicy()).isEternal());
        assertTrue(expiry(new TouchedExpiryPolicy(Duration.ETERNAL)).isEternal());
        assertFalse(expiry(new CreatedExpiryPolicy(SECOND)).isEternal());
        assertFalse(expiry(new Counting()).isEternal(), "another policy may change its mind");
    }

    @Test
    void aPolicyIsNamedWithTheLifetimeOfANewEntryIfThatIsConstant() {
        assertEquals("eternal", expiry(new EternalExpiryPolicy()).toString());
        assertEquals(
                "CreatedExpiryPolicy PT1S",
                expiry(new CreatedExpiryPolicy(SECOND)).toString());
        assertEquals(Counting.class.getName(), expiry(new Counting()).toString());
    }

    @Test
    void aPolicyOfTheApplicationIsCalledForEachEntry() {
        Counting policy = new Counting();
        Expiry expiry = expiry(policy);
        assertFalse(expiry.isConstant());
        assertTrue(expiry.mayTouch());
        assertEquals(NANOS, expiry.creationNanos());
        assertEquals(2 * NANOS, expiry.creationNanos());
        assertEquals(Lifetime.ETERNAL, expiry.updateNanos());
        assertEquals(Lifetime.UNCHANGED, expiry.accessNanos(), "null leaves the deadline");
    }

    @Test
    void aPolicyThatThrowsMakesNewEntriesEternalAndKeepsTheDeadlinesOfOthers() {
        Expiry expiry = expiry(new Throwing());
        try (LogLines log = new LogLines()) {
            assertEquals(Lifetime.ETERNAL, expiry.creationNanos());
            assertEquals(Lifetime.UNCHANGED, expiry.updateNanos());
            assertEquals(Lifetime.UNCHANGED, expiry.accessNanos());
            assertEquals(1, log.lines().size(), () -> "the log is throttled: " + log.lines());
            String line = log.lines().get(0);
            assertTrue(line.contains(Throwing.class.getName()) && line.contains("fix the policy"), line);
        }
    }

    private static Expiry expiry(ExpiryPolicy policy) {
        return new Expiry("cache", policy, Jitter.NONE, new FakeClock());
    }

    /** Gives each new entry a second more. */
    private static final class Counting implements ExpiryPolicy {
        private int calls;

        @Override
        public Duration getExpiryForCreation() {
            return new Duration(TimeUnit.SECONDS, ++calls);
        }

        @Override
        public Duration getExpiryForAccess() {
            return null;
        }

        @Override
        public Duration getExpiryForUpdate() {
            return Duration.ETERNAL;
        }
    }

    private static final class Throwing implements ExpiryPolicy {
        @Override
        public Duration getExpiryForCreation() {
            throw new IllegalStateException("creation");
        }

        @Override
        public Duration getExpiryForAccess() {
            throw Undeclared.thrown(new IOException("access"));
        }

        @Override
        public Duration getExpiryForUpdate() {
            throw new IllegalStateException("update");
        }
    }
}
