package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.remote.wire.PartitionTags;
import java.util.List;
import javax.cache.configuration.Factory;
import org.jspecify.annotations.Nullable;

/**
 * The address of a Redis, its TLS files and the credentials. Clients with equal endpoints share a connection.
 *
 * @param uri of a server, of sentinels, or of nodes of a cluster, credentials included
 * @param tls the certificates
 * @param password returns the password, and is called for each connection; null if that of the URI is valid
 * @param hashTag the hash tag of all keys of the clients of this endpoint; null without a cluster, and for an endpoint
 *     that stands for all partitions of a cluster
 * @param clientName the name of the connections, unless the URI has one; empty for none
 */
public record RedisEndpoint(
        RedisUri uri,
        TlsFiles tls,
        @Nullable Factory<String> password,
        @Nullable String hashTag,
        String clientName) {
    /**
     * Creates an endpoint without a hash tag and without a name.
     *
     * @throws IllegalArgumentException if the URI cannot be parsed; the message does not quote it
     */
    public RedisEndpoint(String uri, TlsFiles tls, @Nullable Factory<String> password) {
        this(RedisUri.parse(uri), tls, password, null, "");
    }

    /** Returns this endpoint with another name of its connections. */
    public RedisEndpoint named(String name) {
        return new RedisEndpoint(uri, tls, password, hashTag, name);
    }

    /**
     * Returns the endpoints of the partitions of each cache, in their order. In a cluster each has a hash tag, so that
     * its keys are in one hash slot and on one server. Without a cluster there is one partition, and it has this
     * endpoint.
     *
     * @param count the number of partitions in a cluster
     */
    public List<RedisEndpoint> partitions(String namespace, int count) {
        return address().isCluster()
                ? PartitionTags.of(namespace, count).stream()
                        .map(this::withHashTag)
                        .toList()
                : List.of(this);
    }

    /** Returns the endpoint of the keys with one hash tag. */
    RedisEndpoint withHashTag(String tag) {
        return new RedisEndpoint(uri, tls, password, tag, clientName);
    }

    /** Returns this endpoint without the hash tag, which is common to all partitions of one Redis. */
    RedisEndpoint withoutHashTag() {
        return hashTag == null ? this : new RedisEndpoint(uri, tls, password, null, clientName);
    }

    /**
     * Returns this endpoint without the password factory, so that a map that outlives the clients does not keep classes
     * of an application in memory.
     */
    RedisEndpoint withoutPassword() {
        return password == null ? this : new RedisEndpoint(uri, tls, null, hashTag, clientName);
    }

    RedisAddress address() {
        return uri.address();
    }

    /** Shows the address of the server, never the credentials. */
    @Override
    public String toString() {
        return "RedisEndpoint[" + address() + "]";
    }
}
