package io.github.tieredjcache.internal.remote.connection;

import java.util.Optional;
import java.util.stream.Stream;

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
        return term > other.term && !isAt(other);
    }

    /** Returns whether both are the same server. */
    boolean isAt(Master other) {
        return host.equals(other.host) && port == other.port;
    }

    /** Returns the one with the greatest term: a server that was cut off knows an earlier master. */
    static Optional<Master> newest(Stream<Master> masters) {
        return masters.reduce((newest, each) -> each.term > newest.term ? each : newest);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
