package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.remote.record.UndecodableListener;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.internal.support.ShortText;
import io.github.tieredjcache.internal.support.ThrottledLog;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Counts the undecodable values of one cache and logs reason and cure: at level {@code WARNING} a throttled line per
 * reason without keys, at level {@code DEBUG} a line per value with its key. A class that is not learned is usual after
 * a start, so it is a warning only if it lasts, once per cache.
 */
final class UndecodableLog implements UndecodableListener {
    private static final System.Logger LOGGER = System.getLogger("io.github.tieredjcache.codec");
    /** The bound of a message in the log: messages may quote bytes of Redis. */
    private static final int QUOTED_CHARS_MAX = 300;
    /** How long this node reads a class that it does not store before it warns. */
    private static final long UNLEARNED_NANOS_MAX = TimeUnit.MINUTES.toNanos(1);

    private final TierCounters counters;
    private final NanoClock clock;
    private final AtomicReference<@Nullable Unlearned> unlearned = new AtomicReference<>();
    private final AtomicBoolean hasWarned = new AtomicBoolean();
    private final Map<UndecodableReason, ThrottledLog> logs = new EnumMap<>(UndecodableReason.class);

    /** As the constructor; its callers need no class of the remote tier until they call it. */
    static UndecodableListener listener(String cacheName, TierCounters counters, NanoClock clock) {
        return new UndecodableLog(cacheName, counters, clock);
    }

    UndecodableLog(String cacheName, TierCounters counters, NanoClock clock) {
        this.counters = counters;
        this.clock = clock;
        for (UndecodableReason each : UndecodableReason.values()) {
            logs.put(each, new ThrottledLog(LOGGER, cacheName, clock));
        }
    }

    @Override
    public void onUndecodable(byte[] redisKey, UndecodableException failure) {
        UndecodableReason reason = failure.reason();
        counters.undecodableFor(reason);
        String line = "a value in Redis could not be decoded and counts as missing: "
                + ShortText.of(failure.getMessage(), QUOTED_CHARS_MAX);
        ThrottledLog log = Objects.requireNonNull(logs.get(reason));
        if (reason != UndecodableReason.NOT_LEARNED || isLasting(line)) {
            // Without the cause, because the message of a codec may quote the value.
            log.warn(line + "; " + advice(reason), null);
        }
        if (LOGGER.isLoggable(System.Logger.Level.DEBUG)) {
            String key = ShortText.of(new String(redisKey, StandardCharsets.UTF_8), QUOTED_CHARS_MAX);
            LOGGER.log(System.Logger.Level.DEBUG, line + ", under the key " + key, failure.getCause());
        }
    }

    /**
     * A class that this node has read and not stored.
     *
     * @param line the line of the log, which names the class
     * @param sinceNanos when the class was read first
     */
    private record Unlearned(String line, long sinceNanos) {}

    /** Returns true once: when the class of the line is still not learned a minute after it was read first. */
    private boolean isLasting(String line) {
        Unlearned known = unlearned.get();
        long nowNanos = clock.nanos();
        if (hasWarned.get() || (known != null && nowNanos - known.sinceNanos < UNLEARNED_NANOS_MAX)) {
            return false;
        }
        if (known != null && known.line.equals(line)) {
            return hasWarned.compareAndSet(false, true);
        }
        unlearned.set(new Unlearned(line, nowNanos));
        return false;
    }

    private static String advice(UndecodableReason reason) {
        return switch (reason) {
            case FORMAT ->
                "check whether another program or another version of this library writes under the same redis.namespace";
            case CHECKSUM ->
                "the value was damaged or copied under another key; find the program that writes to this Redis";
            case SIGNATURE ->
                "check that all nodes have the same codec.hmac-keys; if they have, another program writes to this Redis";
            case OTHER_CODEC ->
                "give all nodes of the cache the same codec, or another redis.namespace during a change of the codec";
            case CLASS_NOT_ALLOWED ->
                "add the class or its package to codec.allowed if it may be loaded; if another application stores it, give"
                        + " this one another redis.namespace";
            case NOT_LEARNED ->
                "a node that reads values and stores none must have their class or its package in codec.allowed; if another"
                        + " application stores them, give this one another redis.namespace";
            case CLASS_CHANGED -> "this is expected during a rolling deployment of two releases";
            case LIMIT -> "give all nodes the same codec.maximum-value-size";
            case DAMAGED -> "its checksum matches; check whether another release of the codec writes to this cache";
        };
    }
}
