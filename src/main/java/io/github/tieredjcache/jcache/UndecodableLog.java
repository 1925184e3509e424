package io.github.tieredjcache.jcache;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.remote.record.UndecodableListener;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.internal.support.ThrottledLog;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Counts what one cache could not read, and says why and what helps: a line a reason in a while, without keys, which a line for
 * each at level {@code DEBUG} names.
 */
final class UndecodableLog implements UndecodableListener {
    private static final System.Logger LOGGER = System.getLogger("io.github.tieredjcache.codec");
    /** What is said of bytes from outside may quote them. */
    private static final int QUOTED_CHARS_MAX = 300;

    private final TierCounters counters;
    private final Map<UndecodableReason, ThrottledLog> logs = new EnumMap<>(UndecodableReason.class);

    UndecodableLog(String cacheName, TierCounters counters, NanoClock clock) {
        this.counters = counters;
        for (UndecodableReason each : UndecodableReason.values()) {
            logs.put(each, new ThrottledLog(LOGGER, cacheName, clock));
        }
    }

    @Override
    public void found(byte[] redisKey, UndecodableException why) {
        UndecodableReason reason = why.reason();
        counters.undecodableFor(reason);
        String line = "a value in Redis could not be read and counts as missing: "
                + printable(String.valueOf(why.getMessage()));
        ThrottledLog log = Objects.requireNonNull(logs.get(reason));
        // Without the cause: what a codec says of bytes may quote the value.
        log.warn(line + "; " + advice(reason), null);
        if (LOGGER.isLoggable(System.Logger.Level.DEBUG)) {
            String key = printable(new String(redisKey, StandardCharsets.UTF_8));
            LOGGER.log(System.Logger.Level.DEBUG, line + ", under the key " + key, why.getCause());
        }
    }

    private static String advice(UndecodableReason reason) {
        return switch (reason) {
            case FORMAT ->
                "does another program, or another version of this library, write under the same redis.namespace?";
            case CHECKSUM -> "it was damaged or moved in Redis; by whom?";
            case SIGNATURE ->
                "do all nodes have the same codec.hmac-keys? If they do, somebody else writes to this Redis";
            case OTHER_CODEC ->
                "the nodes of a cache need the same codec, or another redis.namespace while they change it";
            case CLASS_NOT_ALLOWED -> "add the class or its package to codec.allowed if it may be read";
            case CLASS_CHANGED -> "this is as it should be while nodes of two releases run";
            case LIMIT -> "see codec.maximum-value-size, which all nodes should agree on";
            case DAMAGED -> "its checksum is good: does another release of the codec write to this cache?";
        };
    }

    /** Nothing that could begin a line of its own, or go on for ever. */
    private static String printable(String text) {
        String plain = text.replaceAll("\\p{C}", "?");
        return plain.length() > QUOTED_CHARS_MAX ? plain.substring(0, QUOTED_CHARS_MAX) + "…" : plain;
    }
}
