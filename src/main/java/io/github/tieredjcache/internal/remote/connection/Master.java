package io.github.tieredjcache.internal.remote.connection;

/**
 * The server that sentinels say is the master, or that nodes of a cluster say serves a slot.
 *
 * @param host a name or an address
 * @param port the TCP port
 * @param term grows with each failover: of two answers the one with the greater term is newer
 */
record Master(String host, int port, long term) {
    /** Returns whether this takes the place of another server. */
    boolean replaces(Master other) {
        return term > other.term && !(host.equals(other.host) && port == other.port);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
