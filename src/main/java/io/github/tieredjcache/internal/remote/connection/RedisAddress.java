package io.github.tieredjcache.internal.remote.connection;

/**
 * The address of a Redis for messages: host and port, the name of a master and its sentinels, or nodes of a cluster;
 * never credentials.
 *
 * @param name the address within a sentence
 * @param uri the configured URI without credentials and parameters
 * @param isCluster whether this is a cluster
 */
public record RedisAddress(String name, String uri, boolean isCluster) {
    @Override
    public String toString() {
        return name;
    }
}
