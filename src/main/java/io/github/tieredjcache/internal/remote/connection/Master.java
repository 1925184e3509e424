package io.github.tieredjcache.internal.remote.connection;

/**
 * The server that the sentinels report as master, or that cluster nodes report as owner of a hash slot.
 *
 * @param host a name or an address
 * @param port the TCP port
 * @param term grows with each failover: of two replies the one with the greater term is newer
 */
record Master(String host, int port, long term) {
    /** Returns whether this master is newer than the other one and a different server. */
    boolean replaces(Master other) {
        return term > other.term && !(host.equals(other.host) && port == other.port);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
