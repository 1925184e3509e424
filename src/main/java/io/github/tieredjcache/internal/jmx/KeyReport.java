package io.github.tieredjcache.internal.jmx;

import io.github.tieredjcache.internal.engine.Inspection;
import io.github.tieredjcache.internal.engine.Inspection.NearEntryInfo;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.port.RemoteEntryInfo;
import io.github.tieredjcache.management.KeyExplanation;
import java.util.Locale;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/** Describes the state of one key in the tiers. */
record KeyReport(
        @Nullable NearEntryInfo near,
        @Nullable RemoteEntryInfo remote,
        @Nullable String failure,
        boolean journaled,
        boolean loads) {

    /**
     * Reads the state of a key.
     *
     * @param loads whether the cache is read-through
     */
    static <K> KeyReport of(Inspection<K, ?> inspection, K key, boolean loads) {
        NearEntryInfo near = inspection.near(key);
        boolean journaled = inspection.isJournaled(key);
        try {
            return new KeyReport(near, inspection.remote(key), null, journaled, loads);
        } catch (CacheException e) {
            return new KeyReport(near, null, String.valueOf(e.getMessage()), journaled, loads);
        }
    }

    KeyExplanation explanation(String key, long thisNode) {
        Version version = version();
        return new KeyExplanation(
                key,
                summary(),
                nearText(),
                near == null ? 0 : near.ageMillis(),
                near == null ? 0 : near.remainingMillis(),
                remoteText(),
                remote == null ? 0 : remote.remainingMillis(),
                remote == null ? 0 : remote.bytes(),
                remote == null ? "" : remote.redisKey(),
                remote == null ? 0 : remote.epoch(),
                version == null ? "" : text(version),
                version == null ? "" : node(version.node(), thisNode),
                remote == null || remote.leaseNode() == 0 ? "" : node(remote.leaseNode(), thisNode),
                remote == null ? 0 : remote.leaseMillis(),
                journaled);
    }

    private @Nullable Version version() {
        Version version =
                remote != null && remote.version() != null ? remote.version() : near == null ? null : near.version();
        return Version.LOCAL.equals(version) ? null : version;
    }

    private String nearText() {
        if (near == null) {
            return "absent";
        }
        if (near.isVisible()) {
            return "present";
        }
        return "held, not shown: "
                + (near.isExpired()
                        ? "it has expired"
                        : near.isCurrent() ? "the coherence proof is too old" : "the key has changed");
    }

    private String remoteText() {
        if (failure != null) {
            return "not known: " + failure;
        }
        if (remote == null) {
            return "none";
        }
        String state = remote.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return remote.unreadable() == null ? state : state + ", unreadable: " + remote.unreadable();
    }

    private String summary() {
        boolean shown = near != null && near.isVisible();
        if (journaled) {
            return "this node answers locally: Redis has missed a change of the key, and the key has not been removed there yet";
        }
        if (failure != null) {
            return shown
                    ? "a read returns it from the near tier; Redis is unavailable"
                    : "Redis is unavailable; see outage.policy";
        }
        if (remote == null) {
            return shown ? "a read returns it from the near tier; the cache has no Redis" : "absent; " + absentRead();
        }
        boolean there = remote.state() == RemoteEntryInfo.State.PRESENT
                || remote.state() == RemoteEntryInfo.State.BEING_WRITTEN;
        if (shown && near != null) {
            return there && near.version().equals(remote.version())
                    ? "a read returns it from the near tier, and Redis has the same"
                    : "the near tier and Redis differ: repeat, an invalidation may be on its way; if they still differ, call clearNear";
        }
        if (!there) {
            return "absent; " + absentRead();
        }
        return remote.unreadable() == null
                ? "a read returns it from Redis"
                : "Redis has a value that cannot be decoded; " + absentRead();
    }

    private String absentRead() {
        return loads ? "a read calls the CacheLoader" : "a read returns null";
    }

    /** Returns a node as beans show it. */
    static String node(long node, long thisNode) {
        return node == thisNode ? "this node" : Version.nodeText(node);
    }

    private static String text(Version version) {
        return Version.nodeText(version.node()) + "-" + version.counter();
    }
}
