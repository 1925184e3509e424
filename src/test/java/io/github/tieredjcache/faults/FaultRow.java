package io.github.tieredjcache.faults;

/**
 * A fault, and what is promised for it: the matrix, row by row, as the pages of the site promise it.
 *
 * <p>"By local" and "by fail" name the two outage policies. "Voided" says that Redis is made to forget a key, so that it is read from
 * the source again or is absent. The bound is {@code near.staleness-bound}.
 */
public enum FaultRow {
    // The connection, and the process that is Redis.
    F1(
            "Redis is not there at the start",
            "caches are made and work; by fail operations throw, and Redis is used when it comes"),
    F2("Redis is away, and a near copy is young enough", "it is shown, and counts as a hit"),
    F3(
            "Redis is away, and a loader has what is not near",
            "its value is answered and kept near, not in Redis; its failure is told"),
    F4("Redis is away, and nobody has the key", "null, a miss"),
    F5("Redis is away for longer than near copies are shown", "the copy is as good as none"),
    F6("Redis is killed in the middle of many lookups", "each of them is answered, by local without an exception"),
    F7(
            "Redis is killed with a put in flight",
            "by local it is made here and voided later; by fail its outcome is called unknown"),
    F8(
            "Redis is killed with a condition or a processor in flight",
            "by local it is decided here, and a processor that has run does not run again; by fail the outcome is called unknown"),
    F9(
            "the answer to a condition is lost, and Redis has applied it",
            "the truth as its version tells it, or unknown; never twice"),
    F10(
            "connections are refused for a while",
            "Redis is used again within seconds of its return; two lines in the log"),
    F11("both directions are cut silently", "near copies until the bound, then Redis is asked in vain"),
    F12("only answers are cut silently", "no read is older than the bound"),
    F13("only requests are cut silently", "no read is older than the bound"),
    F14(
            "Redis stands still but takes connections",
            "whoever waits, waits one timeout; then nobody does: a connection is no health"),
    F15("Redis goes on after it stood still", "a few probes, and it is used again"),
    F16("Redis restarts with nothing", "what was near before is not shown; a miss, no exception"),
    F17(
            "Redis ends the connection",
            "as when it is killed; what the new connection reads is announced from the first read on"),
    F18("Redis refuses CLIENT TRACKING", "nothing is kept near; the log names the cause and the cure once"),
    F19(
            "the connection is cut a hundred times",
            "nothing leaks, nothing hangs, histories hold, and the log stays short"),

    // Writes during an outage, and recovery.
    F20(
            "a write with a writer, Redis away, by local",
            "the journal, then the writer, then memory; if the writer throws, memory is as it was, and the key is voided in Redis all the"
                    + " same, since the source may have changed"),
    F21(
            "any operation, Redis away, by fail",
            "an exception that says since when; nothing is written, the writer is not called"),
    F22("a write without a writer, Redis away, by local", "kept here, and voided when Redis is back"),
    F23("a condition or a processor, Redis away, by fail", "an exception; the processor does not run"),
    F24("a condition or a processor, Redis away, by local", "atomic on this node, and in the journal"),
    F25(
            "Redis is back, and keys are in the journal",
            "none of them is read from Redis before it was voided; one line says how many"),
    F26(
            "another node has written what a cut-off one wrote, too",
            "what the cut-off one wrote is never read from Redis"),
    F27("more keys are written than the journal holds", "all goes on; Redis forgets the whole cache"),
    F28("Redis goes again during recovery", "what was not voided stays in the journal, and is not read from Redis"),
    F29("a node dies with keys in its journal", "others read the old values until these expire, and no longer"),
    F30(
            "all nodes come back at once, with nothing near",
            "loads are bounded, and the herd does not shut Redis out again"),

    // What Redis says no to, and its states.
    F31(
            "Redis is out of memory, and a put without a writer comes",
            "nobody reads the old value; by fail an exception names the cause; it is no outage"),
    F32("Redis is out of memory, and a load ends", "its value is returned and not kept, and counted"),
    F33(
            "Redis is out of memory when a put with a writer begins",
            "by fail the writer is not called; by local it is, and the key voided"),
    F34(
            "Redis is out of memory when the writer has written",
            "source and cache agree in the end; by local the put returns"),
    F35("the master was demoted", "the new one is found, and the call tried once more"),
    F36(
            "Redis loads, runs a script for long, or its master or cluster is down",
            "as if it were away, until it answers"),
    F37("Redis has forgotten the scripts", "they are sent again, and all is as ever"),
    F38("the password is no longer valid", "as if Redis were away; no message shows it"),
    F39("the user lacks a permission", "a cache says at creation which command it may not use"),
    F40("slots move while operations run", "they are followed"),
    F41("keys of many slots in one call", "it is split"),
    F42("the master dies, and its replica takes over", "linearizable but for the writes that were lost with it"),
    F43("a removal was lost with the master", "with repair, the value is loaded, not resurrected"),
    F44(
            "the master stands still until it is replaced",
            "no near hit is older than the bound and the time to replace it"),
    F45("FLUSHALL", "near copies go, too; a load that began before is not kept"),
    F46("Redis evicts a key", "its near copies go, too"),
    F47("somebody changes or deletes a key by hand", "it is seen within the bound"),
    F48("SWAPDB", "not announced, so near copies stay; what asks Redis sees it"),
    F49("more keys are near than Redis keeps track of", "more misses, no stale value"),
    F50("Redis ends the connection for a reader that is too slow", "as when it ends it for another reason"),

    // Data.
    F51("a value is too large", "it is refused with the size that is allowed, and nothing is stored"),
    F52("a loaded value is too large", "it is returned and not kept, and counted"),
    F53("a key is too large", "it is refused before Redis is asked"),
    F54("a value cannot be encoded", "it is refused before the writer is called"),
    F55("a value cannot be decoded, and there is a loader", "that very value is removed, and loaded again"),
    F56("a value cannot be decoded, and there is no loader", "null, and counted"),
    F57("a value cannot be decoded by who changes it", "it is absent to him, and replaced"),
    F58("a value is of a class that is not allowed", "the class is never loaded; as any value that cannot be decoded"),
    F59("a value's bytes are cut, changed or random", "a miss: never an error, never another value"),
    F60("a key holds another type of Redis", "absent to readers, replaced by writers"),
    F61("a key has no bytes of its own", "it is refused at its first use, or at the first key that shows it"),
    F62("an entry is over, and Redis has not deleted it yet", "a miss"),
    F63("a node's clock is wrong", "no matter"),
    F64("a lifetime is shorter than the way to Redis", "perhaps absent, never read when it is over"),

    // Nodes that stand still or die.
    F65("a node stands still while others write", "its first read is within the bound"),
    F66("a node stands still while it loads", "another loads after the lease; what the first one brings is not kept"),
    F67(
            "a node stands still in its writer for longer than the lease",
            "it writes the source when it goes on, and the key is voided"),
    F68("a node dies between source and commit", "others read the old value for one lease at most, then the source"),
    F69("a node dies while it loads", "one other loads, after the lease at most"),
    F70("nodes stand still at random", "all histories hold"),
    F71("an Error in the user's code", "it is thrown on, and no key stays locked"),
    F72(
            "a thread is interrupted while it waits",
            "it returns at once and stays interrupted; no change is denied that may have happened"),
    F73(
            "a cache is closed or destroyed under load",
            "calls end or say that it is closed; no thread, connection or bean is left"),

    // Loaders and writers.
    F74("a loader throws, and many wait for it", "all of them are told, nothing is kept, the next one tries again"),
    F75("a loader throws, and other nodes wait for it", "one of them loads at once"),
    F76(
            "a loader hangs",
            "others wait for so long and then load for themselves; with load.timeout its caller does not hang"),
    F77("a loader has nothing", "null, left out of getAll, not kept, and nobody waits for it"),
    F78("a loader asks its cache for its own key", "a clear error instead of a deadlock"),
    F79("a put lands during a load", "the put stays"),
    F80("a removal or a clear lands during a load", "what was loaded is not kept"),
    F81("a writer throws before it has written", "the cache is as it was, and nothing is counted"),
    F82("a writer throws after it has written", "the same: whoever throws has not written"),
    F83("a writer of many writes some", "these are stored and counted, the others are as they were"),
    F84("a writer is slower than its lease", "the lease is renewed and holds"),
    F85(
            "two nodes write the same key through",
            "in one order: at the end the source and Redis hold the same, or Redis nothing"),
    F86(
            "Redis goes between the writer and the commit",
            "the source has the value, and nobody reads the old one for longer than a lease"),

    // Coherence and concurrency.
    F87("a key changes between the question and the answer", "the answer is not kept"),
    F88("an announcement is lost in a stream that lives", "a sample of near hits is compared with Redis"),
    F89(
            "many threads on few keys of several nodes, with cuts",
            "linearizable; near reads are bounded and never go back"),
    F90("many processors of one key on all nodes", "each runs once, and the sum is exact"),
    F91("a listener throws", "the change stands, the others are told, the caller is told afterwards"),
    F92(
            "an asynchronous listener hangs or throws",
            "it delays nobody; of its news the oldest are dropped beyond a bound"),
    F93(
            "a filter, an expiry policy or a copy fails",
            "a copy that fails changes nothing; a policy that throws is none; a filter that throws is told like a listener"),

    // Overload.
    F94("Redis answers 50 ms late", "it is used all the same, and no call fails"),
    F95("Redis answers 500 ms late", "it is given up, and is tried the more seldom the oftener that happens"),
    F96(
            "nothing comes back, under load",
            "a bounded number of commands is under way, however many callers have given up"),
    F97(
            "as many commands are under way as may be",
            "callers wait for room, no longer than for an answer, then do without Redis"),
    F98("as many loads are under way as may be", "callers wait for room, and are told when there is none"),
    F99("one hot key expires under load on all nodes", "one load in the cluster"),
    F100("much more is loaded than may be near", "memory is bounded by what entries weigh"),

    // Security.
    F101("names and keys of any characters", "no cache touches what is another's"),
    F102("a TLS certificate is not to be trusted", "no connection, and no fallback to less"),
    F103("a URI is wrong and holds a password", "no message, bean or log shows it"),
    F104("hostile bytes are in Redis", "they are refused before a class is loaded, in Java's own sections, too"),
    F105(
            "a setting names what it should not",
            "only settings that exist are taken, as they stand; nothing is substituted or loaded"),
    F106("somebody looks at the beans", "the two of JCache, with neither values nor credentials");

    private final String fault;
    private final String promise;

    FaultRow(String fault, String promise) {
        this.fault = fault;
        this.promise = promise;
    }

    /** Returns what goes wrong. */
    public String fault() {
        return fault;
    }

    /** Returns what is promised for it. */
    public String promise() {
        return promise;
    }
}
