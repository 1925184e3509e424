package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import javax.cache.CacheException;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.Factory;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryEventFilter;
import javax.cache.expiry.Duration;
import javax.cache.expiry.ExpiryPolicy;
import javax.management.MBeanServer;
import javax.management.MBeanServerDelegate;
import javax.management.MBeanServerNotification;
import javax.management.NotificationFilter;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Code of the application, or of JMX, that fails while a cache is opened or closed. */
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

    @Test
    void theFailureOfAFactoryIsThrownAlsoIfAnotherPartFailsToClose() {
        IOException ofClose = new IOException("of a close");
        CacheEntryListenerConfiguration<String, String> listener = new MutableCacheEntryListenerConfiguration<>(
                () -> {
                    throw failure;
                },
                null,
                false,
                true);
        assertSame(
                failure,
                assertThrows(
                        IllegalStateException.class,
                        () -> node.strings(builder -> builder.expiry(() -> new FailingToClose(ofClose))
                                .listener(listener))));
        assertSame(ofClose, failure.getSuppressed()[0].getCause());
        assertNull(node.manager().getCache("cache"));
    }

    /** An expiry policy that fails to close. */
    private static final class FailingToClose implements ExpiryPolicy, Closeable {
        private final IOException failure;

        FailingToClose(IOException failure) {
            this.failure = failure;
        }

        @Override
        public Duration getExpiryForCreation() {
            return Duration.ETERNAL;
        }

        @Override
        public @Nullable Duration getExpiryForAccess() {
            return null;
        }

        @Override
        public @Nullable Duration getExpiryForUpdate() {
            return null;
        }

        @Override
        public void close() throws IOException {
            throw failure;
        }
    }

    @Test
    void aCacheIsClosedAndShowsNoBeanThoughAListenerOfJmxFails() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        TieredCache<String, String> cache = node.cache(
                "unregistered",
                String.class,
                String.class,
                builder -> builder.statistics(true).management(true).listener(recording.registered(true, false)));
        AssertionError ofJmx = new AssertionError("of a listener of JMX");
        // JMX catches exceptions of listeners, but no errors.
        NotificationListener listener = (notification, handback) -> {
            throw ofJmx;
        };
        NotificationFilter unregistered = notification -> notification instanceof MBeanServerNotification of
                && of.getType().equals(MBeanServerNotification.UNREGISTRATION_NOTIFICATION)
                && "unregistered".equals(of.getMBeanName().getKeyProperty("Cache"));
        server.addNotificationListener(MBeanServerDelegate.DELEGATE_NAME, listener, unregistered, null);
        try {
            CacheException reported = assertThrows(CacheException.class, cache::close);
            assertSame(ofJmx, reported.getCause());
        } finally {
            server.removeNotificationListener(MBeanServerDelegate.DELEGATE_NAME, listener);
        }
        assertTrue(cache.isClosed());
        assertEquals(1, recording.timesClosed());
        assertNull(node.manager().getCache("unregistered"));
        assertEquals(Set.of(), server.queryNames(new ObjectName("*:Cache=unregistered,*"), null));
    }
}
