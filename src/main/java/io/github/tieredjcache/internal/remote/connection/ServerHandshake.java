package io.github.tieredjcache.internal.remote.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a server says of itself when it is greeted. */
final class ServerHandshake {
    private static final Pattern REPLICATION_ID = Pattern.compile("(?m)^master_replid:([0-9a-f]{40})\\r?$");
    // What a server that keeps no such thing puts there.
    private static final String NO_REPLICATION_ID = "0".repeat(40);

    private ServerHandshake() {}

    /**
     * Returns why nothing can be stored there, null if nothing speaks against it.
     *
     * @param hello the answer to HELLO: names and values in turn
     * @param inCluster whether it is to be a node of a cluster
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
     * Returns by which sign the server knows the data that it holds: it has another one each time a server begins to be a master,
     * by a start or by a promotion, and its replicas have the same. Null if it does not say.
     *
     * @param info the answer to INFO replication
     */
    static @Nullable String replicationId(String info) {
        Matcher sign = REPLICATION_ID.matcher(info);
        return sign.find() && !sign.group(1).equals(NO_REPLICATION_ID) ? sign.group(1) : null;
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

    /** Why a server cannot be used. */
    enum UnusableReason {
        /** It may be a master later, or another one is to be found. */
        REPLICA("it is a replica, not the master", false),
        CLUSTER("it is a node of a Redis Cluster; name the cluster, like redis-cluster://host1:6379,host2:6379", true),
        NO_CLUSTER("it is no Redis Cluster; name a single Redis like redis://host:6379", true),
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

        /** Returns whether somebody must change something before it can be used. */
        boolean isLasting() {
            return lasting;
        }
    }
}
