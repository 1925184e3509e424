package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.Factory;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryEventFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Code of the application that fails while a cache is opened. */
class FailedOpenAndCloseTest {
    private final NearOnly node = new NearOnly();
    private final Recording<String, String> recording = new Recording<>();
    private final IllegalStateException failure = new IllegalStateException("of a factory");

    @AfterEach
    void close() {
        node.close();
    }

    private CacheEntryListenerConfiguration<String, String> registered(
            Factory<CacheEntryEventFilter<String, String>> filter) {
        return new MutableCacheEntryListenerConfiguration<>(NearOnly.factory(recording), filter, false, true);
    }

    @Test
    void aListenerIsClosedIfTheFactoryOfItsFilterThrows() {
        CacheEntryListenerConfiguration<String, String> listener = registered(() -> {
            throw failure;
        });
        TieredCache<String, String> cache = node.strings(builder -> builder);
        assertSame(
                failure, assertThrows(IllegalStateException.class, () -> cache.registerCacheEntryListener(listener)));
        assertEquals(1, recording.timesClosed());
        assertSame(
                failure,
                assertThrows(
                        IllegalStateException.class,
                        () -> node.cache("other", String.class, String.class, each -> each.listener(listener))));
        assertEquals(2, recording.timesClosed());
    }

    @Test
    void theFailureOfTheFactoryIsThrownAlsoIfItsListenerFailsToClose() {
        Throwable ofClose = new IllegalArgumentException("of a close");
        recording.failingToClose(ofClose);
        CacheEntryListenerConfiguration<String, String> listener = registered(() -> {
            throw failure;
        });
        assertSame(
                failure,
                assertThrows(IllegalStateException.class, () -> node.strings(builder -> builder.listener(listener))));
        assertEquals(List.of(ofClose), List.of(failure.getSuppressed()));
    }
}
