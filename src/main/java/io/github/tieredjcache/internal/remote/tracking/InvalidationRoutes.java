package io.github.tieredjcache.internal.remote.tracking;

import io.github.tieredjcache.internal.remote.wire.HashSlot;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Routes the invalidations on one connection to the {@link TrackedKeys} of their hash tag, or to the only one. Safe for
 * use by many threads.
 */
public final class InvalidationRoutes {
    /** Stands for no hash tag. */
    private static final String UNTAGGED = "";

    private final Map<String, Route> byHashTag = new ConcurrentHashMap<>();

    /**
     * Routes the invalidations of a hash tag.
     *
     * @param slot has the hash tag of the keys; null if the keys have none
     * @return ends the route; a route that has replaced it stays
     */
    public Runnable add(@Nullable HashSlot slot, TrackedKeys trackedKeys) {
        String hashTag = slot == null ? UNTAGGED : slot.hashTag();
        Route route = new Route(trackedKeys);
        byHashTag.put(hashTag, route);
        return () -> byHashTag.remove(hashTag, route);
    }

    /** Handles the invalidation of one key. */
    void changed(byte[] redisKey) {
        Route untagged = byHashTag.get(UNTAGGED);
        Route route = untagged == null ? byHashTag.get(HashSlot.hashTagOf(redisKey)) : untagged;
        if (route != null) {
            route.trackedKeys.changed(redisKey);
        }
    }

    /** Handles a change of all keys. */
    void allChanged() {
        byHashTag.values().forEach(each -> each.trackedKeys.allChanged());
    }

    /** A receiver; equal only to itself. */
    private static final class Route {
        private final TrackedKeys trackedKeys;

        Route(TrackedKeys trackedKeys) {
            this.trackedKeys = trackedKeys;
        }
    }
}
