package io.github.tieredjcache.hibernate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the loader gives; that Hibernate's own timestamps are of the same kind is tested in {@code examples/hibernate}. */
class TieredTimestampLoaderTest {
    private final TieredTimestampLoader loader = new TieredTimestampLoader();

    @Test
    void isBehindAllThatHibernateHasGivenOut() {
        // The last that Hibernate can have given out in this millisecond.
        long last = ((System.currentTimeMillis() + 1) << 12) - 1;
        assertTrue((long) loader.load("product") > last);
    }

    @Test
    void isOvertakenByTheNextMillisecond() {
        long given = (long) loader.load("product");
        long next = (System.currentTimeMillis() + 2) << 12;
        assertTrue(given < next);
    }

    @Test
    void givesEachTableItsOwn() {
        assertEquals(
                Set.of("product", "review"),
                loader.loadAll(List.of("product", "review")).keySet());
    }
}
