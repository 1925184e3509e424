package io.github.tieredjcache.testkit;

/** A server that the user named and that outlives us. */
record ExternalRedis(RedisAddress address) implements RedisHost {

    static final String VARIABLE = "TIERED_JCACHE_REDIS_URI";

    /** The server at the URI, which must answer now: a server that was asked for by name is never silently replaced. */
    static ExternalRedis at(String uri) {
        RedisAddress address = RedisAddress.parse(uri, VARIABLE);
        try (RespConnection connection = RespConnection.open(address, RespConnection.TIMEOUT)) {
            connection.call("PING");
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "The Redis that " + VARIABLE + " names, " + address
                            + ", does not answer a PING; start it, or unset " + VARIABLE + " to have one started",
                    e);
        }
        return new ExternalRedis(address);
    }

    @Override
    public String description() {
        return "the Redis that " + VARIABLE + " names";
    }

    @Override
    public void close() {
        // Not ours to stop.
    }
}
