package io.github.tieredjcache.internal.remote.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the replies of a server in the handshake. */
final class ServerHandshake {
    private static final Pattern REPLICATION_ID = Pattern.compile("(?m)^master_replid:([0-9a-f]{40})\\r?$");
    // The replication ID of a server that does not keep one.
    private static final String NO_REPLICATION_ID = "0".repeat(40);

    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(?!\\d).*");

    private ServerHandshake() {}

    /**
     * Returns why the server cannot be used; null if it can.
     *
     * @param hello the reply to HELLO: names and values in turn
     * @param inCluster whether the server must be a node of a cluster
     */
    static @Nullable UnusableReason unusableReason(List<@Nullable Object> hello, boolean inCluster) {
        String mode = value(hello, "mode");
        if ("sentinel".equals(mode)) {
            return UnusableReason.SENTINEL;
        }
        if (mode != null && "cluster".equals(mode) != inCluster) {
            return inCluster ? UnusableReason.NO_CLUSTER : UnusableReason.CLUSTER;
        }
        String role = value(hello, "role");
        return "replica".equals(role) || "slave".equals(role) ? UnusableReason.REPLICA : null;
    }

    /**
     * Returns which version lacks what, and the consequence, for a log line that begins with the name of the server; null
     * if the server lacks nothing that caches use, as Redis 7.0 or later and Valkey.
     *
     * @param hello as for {@link #unusableReason}
     */
    static @Nullable String lack(List<@Nullable Object> hello) {
        String version = String.valueOf(value(hello, "version"));
        Matcher numbers = VERSION.matcher(version);
        if (!"redis".equals(value(hello, "server")) || !numbers.matches()) {
            return null;
        }
        int major = Integer.parseInt(numbers.group(1));
        int minor = Integer.parseInt(numbers.group(2));
        if (major >= 7) {
            return null;
        }
        return "is Redis " + version
                + (major == 6 && minor >= 2
                        ? ", which delays SCRIPT LOAD while writes are paused: no node can connect during the pause;"
                                + " Redis 7.0 or later, and Valkey, do not delay it"
                        : ", which has no SET with PXAT: no value with an expiry can be stored; caches need Redis 6.2 or"
                                + " later, or Valkey");
    }

    /**
     * Returns the replication ID of the server; null if it does not report one. A server gets a new ID each time it
     * becomes a master, by a start or by a promotion, and its replicas have the same ID. So another ID shows that the
     * data may have changed.
     *
     * @param info the reply to INFO replication
     */
    static @Nullable String replicationId(String info) {
        Matcher id = REPLICATION_ID.matcher(info);
        return id.find() && !id.group(1).equals(NO_REPLICATION_ID) ? id.group(1) : null;
    }

    private static @Nullable String value(List<@Nullable Object> hello, String name) {
        for (int i = 0; i + 1 < hello.size(); i += 2) {
            if (hello.get(i) instanceof byte[] key
                    && hello.get(i + 1) instanceof byte[] value
                    && new String(key, US_ASCII).equals(name)) {
                return new String(value, US_ASCII).toLowerCase(Locale.ROOT);
            }
        }
        return null;
    }

    /** The reasons why a server cannot be used. */
    enum UnusableReason {
        /** Not lasting: the replica may be promoted, or the master may be found elsewhere. */
        REPLICA("it is a replica, not the master; if it stays one, name the master in redis.uri", false),
        CLUSTER("it is a node of a Redis Cluster; name the cluster, like redis-cluster://host1:6379,host2:6379", true),
        NO_CLUSTER("it is no Redis Cluster; name a single Redis like redis://host:6379", true),
        /** Not lasting: the node may join the cluster. */
        ALONE(
                "it knows no master of any hash slot, so it is in no cluster, or has left it; name nodes of the cluster in"
                        + " redis.uri",
                false),
        TOO_OLD("it does not know HELLO 3; caches need Redis 6.2 or later, or Valkey", true),
        SENTINEL(
                "it is a sentinel and holds no data; name sentinels like redis-sentinel://host1:26379,host2:26379#mymaster",
                true);

        private final String text;
        private final boolean lasting;

        UnusableReason(String text, boolean lasting) {
            this.text = text;
            this.lasting = lasting;
        }

        String text() {
            return text;
        }

        /** Returns whether the reason holds until the configuration of the server or of the cache changes. */
        boolean isLasting() {
            return lasting;
        }
    }
}
