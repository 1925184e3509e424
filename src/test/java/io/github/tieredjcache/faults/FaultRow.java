package io.github.tieredjcache.faults;

/**
 * The fault matrix: each row is a fault and the promise of the library for it. The pages of the site make the same
 * promises.
 *
 * <p>"By local" and "by fail" name the two outage policies. After the removal of a key from Redis the next read loads
 * it from the source, or it is absent. "The bound" is {@code near.staleness-bound}.
 */
public enum FaultRow {
    // The connection, and the Redis process.
    F1(
            "Redis is unavailable when the application starts",
            "caches can be created and used; by fail operations throw; Redis is used once it is available"),
    F2("Redis is unavailable, and a near copy is young enough", "the copy is returned, and counts as a hit"),
    F3(
            "Redis is unavailable, the key has no near copy, and the loader has a value",
            "the value is returned and kept in memory, not in Redis; a failure of the loader is thrown"),
    F4("Redis is unavailable, and neither a tier nor the loader has the key", "null, a miss"),
    F5("Redis is unavailable for longer than outage.near-time-to-live", "near copies are no longer returned"),
    F6("Redis is killed during many lookups", "each lookup returns, by local without an exception"),
    F7(
            "Redis is killed during a put",
            "by local the put is applied locally, and the key is removed from Redis later; by fail the outcome is "
                    + "called unknown"),
    F8(
            "Redis is killed during a conditional operation or an entry processor",
            "by local the operation is decided locally, and a processor that has run does not run again; by fail the "
                    + "outcome is called unknown"),
    F9(
            "the reply to a conditional operation is lost, and Redis has applied the operation",
            "the true result, recognised by the version, or unknown; the operation is never applied twice"),
    F10(
            "connections are refused for a while",
            "Redis is used again within seconds of its return; the log has two lines"),
    F11(
            "both directions of the connection are cut silently",
            "near copies are returned until the bound, then reads of Redis time out"),
    F12("only replies are cut silently", "no read is older than the bound"),
    F13("only requests are cut silently", "no read is older than the bound"),
    F14(
            "Redis hangs but accepts connections",
            "a waiting call waits one timeout, and later calls do not wait: an accepted connection does not close "
                    + "the circuit breaker"),
    F15("Redis continues after it hung", "Redis is used again after a few successful probes"),
    F16(
            "Redis restarts empty",
            "near copies from before the restart are not returned; a read is a miss, without an exception"),
    F17(
            "Redis closes the connection",
            "as when Redis is killed; the new connection receives an invalidation for each key that it has read"),
    F18("Redis refuses CLIENT TRACKING", "no near copies are kept; the log has cause and cure once"),
    F19("the connection is cut a hundred times", "no leak, no hanging call, consistent histories, and a short log"),

    // Writes during an outage, and recovery.
    F20(
            "a write with a writer while Redis is unavailable, by local",
            "recovery journal, then writer, then memory; if the writer throws, memory is unchanged, and the key is "
                    + "still removed from Redis, since the source may have changed"),
    F21(
            "any operation while Redis is unavailable, by fail",
            "an exception with the duration of the outage; no tier changes, and the writer is not called"),
    F22(
            "a write without a writer while Redis is unavailable, by local",
            "the entry is kept locally, and its key is removed from Redis on recovery"),
    F23(
            "a conditional operation or an entry processor while Redis is unavailable, by fail",
            "an exception; the processor does not run"),
    F24(
            "a conditional operation or an entry processor while Redis is unavailable, by local",
            "atomic on this node, and its key is in the recovery journal"),
    F25(
            "Redis is available again, and keys are in the recovery journal",
            "no journaled key is read from Redis before it was removed there; one line in the log has their number"),
    F26(
            "another node writes a key that a node without Redis has written, too",
            "the value of the node without Redis is never read from Redis"),
    F27(
            "more keys are written than the recovery journal holds",
            "operations continue; Redis drops the whole cache on recovery"),
    F28(
            "Redis becomes unavailable again during recovery",
            "a key that was not removed yet stays in the journal, and is not read from Redis"),
    F29(
            "a node dies with keys in its recovery journal",
            "other nodes read the old values until these expire, and no longer"),
    F30(
            "all nodes recover at once, with empty near tiers",
            "concurrent loads are bounded, and the load on Redis does not open the circuit breaker again"),

    // Refusals and states of Redis.
    F31(
            "Redis is out of memory on a put without a writer",
            "no node reads the old value; by fail an exception has the cause; the circuit breaker stays closed"),
    F32("Redis is out of memory when a load completes", "the value is returned, not kept, and counted"),
    F33(
            "Redis is out of memory before the writer of a put is called",
            "by fail the writer is not called; by local it is called, and the key is removed from Redis"),
    F34(
            "Redis is out of memory after the writer of a put has written",
            "source and cache agree in the end; by local the put returns"),
    F35("the master was demoted", "the new master is found, and the call is retried once"),
    F36(
            "Redis is loading, runs a long script, or its master or cluster is down",
            "as if Redis were unavailable, until it answers"),
    F37("Redis has lost its scripts", "the scripts are sent again; the operation succeeds"),
    F38("the password is no longer valid", "as if Redis were unavailable; no message shows the password"),
    F39("the user of Redis lacks a permission", "the creation of a cache throws an exception with the refused command"),
    F40("slots migrate while operations run", "redirections are followed"),
    F41("one call has keys of many slots", "the call is split"),
    F42(
            "the master dies, and its replica is promoted",
            "linearizable except for the writes that were lost with the master"),
    F43("a removal was lost with the master", "with outage.failover-repair the value is loaded again, not resurrected"),
    F44("the master hangs until it is replaced", "no near hit is older than the bound plus the time of the failover"),
    F45("FLUSHALL", "near copies are dropped, too; a load that began before is not kept"),
    F46("Redis evicts a key", "its near copies are dropped, too"),
    F47("another program changes or deletes a key", "the change is visible within the bound"),
    F48("SWAPDB", "Redis sends no invalidation, so near copies stay; a read of Redis sees the new database"),
    F49("there are more near copies than entries in the tracking table of Redis", "more misses, no stale value"),
    F50("Redis closes the connection because its output buffer is full", "as for any other closed connection"),

    // Data.
    F51("a value is too large", "the put throws an exception with the maximum size; nothing is stored"),
    F52("a loaded value is too large", "the value is returned, not kept, and counted"),
    F53("a key is too large", "the operation throws before a command is sent"),
    F54("a value cannot be encoded", "the put throws before the writer is called"),
    F55("a value cannot be decoded, and there is a loader", "that value is removed, and loaded again"),
    F56("a value cannot be decoded, and there is no loader", "null, and counted"),
    F57(
            "a value cannot be decoded by the node that changes it",
            "the operation treats the value as absent, and replaces it"),
    F58(
            "a value is of a class that is neither allowed nor learned",
            "the class is never loaded; otherwise as any undecodable value, but one that can be learned is removed by a"
                    + " load only"),
    F59("the bytes of a value are truncated, changed or random", "a miss: never an error, never another value"),
    F60("a key holds another Redis type", "absent for reads, replaced by writes"),
    F61("a key has no canonical bytes", "an exception at its first use, or at the first key that shows the problem"),
    F62("an entry has expired, and Redis has not deleted it yet", "a miss"),
    F63("the clock of a node is wrong", "no effect"),
    F64(
            "a lifetime is shorter than the round trip to Redis",
            "the entry may be absent, and is never read after its expiry"),

    // Nodes that hang or die.
    F65("a node is paused while other nodes write", "its first read is within the bound"),
    F66(
            "a node is paused while it loads",
            "another node loads after the load lease; the value of the paused node is not kept"),
    F67(
            "a node is paused in its writer for longer than the write lease",
            "it writes the source when it continues, and the key is removed from Redis"),
    F68(
            "a node dies between source and commit",
            "other nodes read the old value for at most one lease, then the value of the source"),
    F69("a node dies while it loads", "one other node loads, after at most one lease"),
    F70("nodes are paused at random", "all histories are consistent"),
    F71("user code throws an Error", "the Error is rethrown, and no key stays locked"),
    F72(
            "a thread is interrupted while it waits",
            "the call returns at once, and the thread stays interrupted; a change that may have happened is not "
                    + "reported as failed"),
    F73(
            "a cache is closed or destroyed under load",
            "calls complete or throw that the cache is closed; no thread, connection or bean is left"),

    // Loaders and writers.
    F74(
            "a loader throws, and many callers wait for the load",
            "all of them get the exception, nothing is kept, and the next caller loads again"),
    F75("a loader throws, and other nodes wait for the load", "one of them loads at once"),
    F76(
            "a loader hangs",
            "other nodes wait for load.wait and then load without a load lease; with load.timeout its caller does "
                    + "not hang"),
    F77("a loader returns null", "null, omitted by getAll, not kept, and no caller waits for another load"),
    F78("a loader reads its own key from its own cache", "a clear error instead of a deadlock"),
    F79("a put during a load", "the put stays"),
    F80("a removal or a clear during a load", "the loaded value is not kept"),
    F81("a writer throws before it has written", "the cache is unchanged, and nothing is counted"),
    F82("a writer throws after it has written", "as F81: a writer that throws counts as not having written"),
    F83(
            "a writer of many entries writes some of them",
            "these entries are stored and counted, the others are unchanged"),
    F84("a writer takes longer than its write lease", "the lease is renewed and stays valid"),
    F85(
            "two nodes write the same key through",
            "one order: in the end source and Redis hold the same value, or Redis holds none"),
    F86(
            "Redis becomes unavailable between writer and commit",
            "the source has the value, and no node reads the old value for longer than a lease"),

    // Coherence and concurrency.
    F87("a key changes between a read command and its reply", "the value is not kept"),
    F88("an invalidation is lost on a live connection", "a sample of near hits is compared with Redis"),
    F89(
            "many threads on few keys of several nodes, with cut connections",
            "linearizable; near reads are bounded and monotonic"),
    F90("many entry processors of one key on all nodes", "each runs once, and the sum is exact"),
    F91("a listener throws", "the change stays, the other listeners are notified, then the caller gets the exception"),
    F92(
            "an asynchronous listener hangs or throws",
            "no caller is delayed; beyond a bound its oldest events are dropped"),
    F93(
            "an event filter, an expiry policy or a copy fails",
            "a value that cannot be copied is dropped, or changes nothing by the policy fail; a policy that throws "
                    + "counts as no policy; a filter that throws is reported like a listener"),

    // Overload.
    F94("replies of Redis take 50 ms", "Redis is used, and no call fails"),
    F95("replies of Redis take 500 ms", "the circuit breaker opens, and probes back off"),
    F96(
            "Redis sends no replies under load",
            "the number of commands in progress is bounded, however many callers have timed out"),
    F97(
            "the maximum number of commands is in progress",
            "callers wait for a permit, no longer than for a reply, and then treat Redis as unavailable"),
    F98("the maximum number of loads runs", "callers wait for a permit, and get an exception if none is free in time"),
    F99("one hot key expires under load on all nodes", "one load in the cluster"),
    F100("much more is loaded than the near tier holds", "memory is bounded by the weight of entries"),

    // Security.
    F101("names and keys contain any characters", "no cache reads or changes keys of another cache"),
    F102("a TLS certificate is not trusted", "no connection, and no fallback to less security"),
    F103("a URI is malformed and contains a password", "no message, bean or log shows the password"),
    F104(
            "hostile bytes are in Redis",
            "the bytes are rejected before a class is loaded, in sections of Java serialization, too"),
    F105(
            "a configuration contains a forbidden or unknown name",
            "only existing settings are accepted, literally; nothing is substituted or loaded"),
    F106("an operator reads the JMX beans", "the two beans of JCache, with neither values nor credentials");

    private final String fault;
    private final String promise;

    FaultRow(String fault, String promise) {
        this.fault = fault;
        this.promise = promise;
    }

    /** Returns the fault. */
    public String fault() {
        return fault;
    }

    /** Returns the promise for the fault. */
    public String promise() {
        return promise;
    }
}
