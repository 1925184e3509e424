package io.github.tieredjcache.jcache;

import io.github.tieredjcache.internal.engine.Inspection;
import io.github.tieredjcache.internal.engine.Inspection.NearSight;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.port.RemoteEntryInfo;
import io.github.tieredjcache.management.KeyExplanation;
import java.util.Locale;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/** Puts into words what the tiers hold of one key. */
final class KeyReport {
    private final @Nullable NearSight near;
    private final @Nullable RemoteEntryInfo remote;
    private final @Nullable String failure;
    private final boolean journaled;
    private final boolean loads;

    private KeyReport(
            @Nullable NearSight near,
            @Nullable RemoteEntryInfo remote,
            @Nullable String failure,
            boolean journaled,
            boolean loads) {
        this.near = near;
        this.remote = remote;
        this.failure = failure;
        this.journaled = journaled;
        this.loads = loads;
    }

    /**
     * Looks at a key.
     *
     * @param loads whether the cache reads through
     */
    static <K> KeyReport of(Inspection<K, ?> inspection, K key, boolean loads) {
        NearSight near = inspection.near(key);
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
        if (near.isShown()) {
            return "present";
        }
        return "held, not shown: "
                + (near.over() ? "it has ended" : near.current() ? "no proof of announcements" : "the key has changed");
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
        boolean shown = near != null && near.isShown();
        if (journaled) {
            return "this node answers by itself: Redis has missed a change of the key and has not forgotten it yet";
        }
        if (failure != null) {
            return shown
                    ? "a read gets it from memory; Redis cannot be asked"
                    : "Redis cannot be asked; see outage.policy";
        }
        if (remote == null) {
            return shown ? "a read gets it from memory, all there is of this cache" : "absent; " + absentRead();
        }
        boolean there = remote.state() == RemoteEntryInfo.State.PRESENT
                || remote.state() == RemoteEntryInfo.State.BEING_WRITTEN;
        if (shown && near != null) {
            return there && near.version().equals(remote.version())
                    ? "a read gets it from memory, and Redis has the same"
                    : "memory and Redis differ: look again, an announcement may be under way; if it stays so, clearNear helps";
        }
        if (!there) {
            return "absent; " + absentRead();
        }
        return remote.unreadable() == null
                ? "a read asks Redis and gets it"
                : "a read asks Redis, cannot read what is there, and " + absentRead();
    }

    private String absentRead() {
        return loads ? "a read asks the CacheLoader" : "a read gets null";
    }

    /** Returns what people call a node. */
    static String node(long node, long thisNode) {
        return node == thisNode ? "this node" : nodeName(node);
    }

    static String nodeName(long node) {
        return String.format(Locale.ROOT, "%016x", node);
    }

    private static String text(Version version) {
        return nodeName(version.node()) + "-" + version.counter();
    }
}
