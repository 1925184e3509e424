package io.github.tieredjcache.internal.framework;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The timestamps of the loader. A test in {@code examples/hibernate} compares them with those of Hibernate. */
class HibernateTimestampLoaderTest {
    private final HibernateTimestampLoader loader = new HibernateTimestampLoader();

    @Test
    void aLoadedTimestampIsLaterThanAllOfHibernate() {
        // The last timestamp that Hibernate can issue in this millisecond.
        long last = ((System.currentTimeMillis() + 1) << 12) - 1;
        assertTrue((long) loader.load("product") > last);
    }

    @Test
    void theNextMillisecondHasLaterTimestamps() {
        long given = (long) loader.load("product");
        long next = (System.currentTimeMillis() + 2) << 12;
        assertTrue(given < next);
    }

    @Test
    void eachTableHasATimestamp() {
        assertEquals(
                Set.of("product", "review"),
                loader.loadAll(List.of("product", "review")).keySet());
    }
}
