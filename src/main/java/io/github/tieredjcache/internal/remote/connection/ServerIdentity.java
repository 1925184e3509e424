package io.github.tieredjcache.internal.remote.connection;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a new connection leads to another server, to a server that was started again, or to one that lacks
 * something. Used by one thread.
 */
final class ServerIdentity {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.remote");

    private @Nullable String replicationId;
    private @Nullable Master master;
    private @Nullable String lack;

    /**
     * Compares the server of a new connection with that of the last one.
     *
     * @param newReplicationId null if the server does not report it; see {@link ServerHandshake}
     * @param newMaster where the server was found; null without sentinels and cluster
     * @return what has changed, for log lines; null if nothing has
     */
    @Nullable
    String change(@Nullable String newReplicationId, boolean isEmpty, @Nullable Master newMaster) {
        String before = replicationId;
        Master masterBefore = master;
        if (newReplicationId == null) {
            return null;
        }
        replicationId = newReplicationId;
        master = newMaster;
        if (before == null || newReplicationId.equals(before)) {
            return null;
        }
        boolean elsewhere = masterBefore != null && newMaster != null && !newMaster.isAt(masterBefore);
        return "another server than before" + (elsewhere ? ", " + masterBefore : ", or started again")
                + (isEmpty ? ", and empty" : "");
    }

    /**
     * Logs what the server of a new connection lacks, unless that of the last one lacked the same.
     *
     * @param newLack null for nothing; see {@link ServerHandshake#lack}
     * @param server names the server
     * @param isNew whether no other user of the server has logged that lately
     */
    void reportLack(@Nullable String newLack, String server, BooleanSupplier isNew) {
        if (newLack != null && !newLack.equals(lack) && isNew.getAsBoolean()) {
            LOG.log(System.Logger.Level.INFO, "Redis at {0} {1}", server, newLack);
        }
        lack = newLack;
    }
}
