package io.github.tieredjcache.testkit;

/** Where a Redis comes from: somebody else's server, a container of ours, or a process of ours. */
sealed interface RedisHost permits ContainerRedis, ExternalRedis, LocalRedis {

    /** Where it listens. */
    RedisAddress address();

    /** One phrase that says which Redis this is. */
    String description();

    /** Ends what we started; leaves alone what we did not. Repeated calls change nothing. */
    void close();
}
