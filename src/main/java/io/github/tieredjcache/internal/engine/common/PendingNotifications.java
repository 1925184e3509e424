package io.github.tieredjcache.internal.engine.common;

import java.util.ArrayList;
import java.util.List;
import javax.cache.event.CacheEntryListenerException;
import org.jspecify.annotations.Nullable;

/** Notifications of changes that took effect: all are delivered, and then the first failure is thrown. */
public final class PendingNotifications {
    private final List<Runnable> notifications = new ArrayList<>();
    private @Nullable RuntimeException first;

    public void add(Runnable notification) {
        notifications.add(notification);
    }

    public void addAll(PendingNotifications others) {
        notifications.addAll(others.notifications);
    }

    /** Records a failure that is thrown after the delivery; null for none. */
    public void failed(@Nullable RuntimeException failure) {
        first = first == null ? failure : first;
    }

    /**
     * Delivers all notifications, in order.
     *
     * @throws RuntimeException the first failure, if there was one
     */
    public void deliverAll() {
        for (Runnable notification : notifications) {
            try {
                notification.run();
            } catch (CacheEntryListenerException e) {
                failed(e);
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
