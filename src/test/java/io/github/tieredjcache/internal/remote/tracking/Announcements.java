package io.github.tieredjcache.internal.remote.tracking;

/** Announces the change of a key to tracked keys, as the listener of a connection does. */
public final class Announcements {
    private Announcements() {}

    public static void announce(TrackedKeys trackedKeys, byte[] redisKey) {
        trackedKeys.changed(redisKey);
    }
}
