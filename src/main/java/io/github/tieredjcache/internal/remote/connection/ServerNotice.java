package io.github.tieredjcache.internal.remote.connection;

/** What the log says once for each connection to a server, however many caches and hash slots notice it. */
public enum ServerNotice {
    /** The server has another data set than the one in which the epoch of a cache began. */
    OTHER_DATA_SET,
    /** The server does not report its replication ID. */
    NO_REPLICATION_ID
}
