package io.github.tieredjcache.internal.engine.verification;

import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.support.NanoClock;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Compares the entry of a key in Redis with the source: reads Redis, the source, and Redis again.
 *
 * <p>Versions are unique to a write, so a value that was in Redis before and after the call of the loader was there
 * during it. A comparison has no result if the version has changed meanwhile, or if a write of the key was in progress,
 * since such a write may have changed the source already.
 *
 * <p>Values are compared by their encoded bytes, never by the {@code equals} of the application, which often compares
 * identifiers only. The loaded value is decoded and encoded once more first, as the value in Redis was: a decoded hash
 * table may have another order.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class SourceComparison<K, V> {
    private static final byte[] NO_VALUE = {};

    private final KeyCodec<K> keys;
    private final ValueCodec<V> values;
    private final Function<K, @Nullable Entry<V>> remote;
    private final Function<K, @Nullable Loaded<V>> source;
    private final NanoClock clock;

    /**
     * Creates the comparison of a cache.
     *
     * @param remote reads the entry of a key in Redis; null if there is none
     * @param source loads a key; null if the loader was not called or failed
     */
    SourceComparison(
            KeyCodec<K> keys,
            ValueCodec<V> values,
            Function<K, @Nullable Entry<V>> remote,
            Function<K, @Nullable Loaded<V>> source,
            NanoClock clock) {
        this.keys = keys;
        this.values = values;
        this.remote = remote;
        this.source = source;
        this.clock = clock;
    }

    /** Returns what Redis holds; null if that is nothing, or if a write of the key is in progress. */
    @Nullable
    Held held(K key) {
        Entry<V> entry = remote.apply(key);
        return entry == null || !entry.isSettled()
                ? null
                : new Held(entry.version(), digest(values.encode(keys.encode(key), entry.value())));
    }

    /**
     * Compares what Redis holds with the source.
     *
     * @param held was read before
     * @return null if there is no result
     */
    @Nullable
    Result compare(K key, Held held) {
        long beganNanos = clock.nanos();
        Loaded<V> loaded = source.apply(key);
        long endedNanos = clock.nanos();
        if (loaded == null) {
            return null;
        }
        byte[] digest = loaded.value == null ? NO_VALUE : digest(keys.encode(key), loaded.value, held.digest);
        if (digest == null) {
            return null;
        }
        Result result = new Result(held.version, held.digest, digest, beganNanos, endedNanos);
        return result.isEqual() || isStillHeld(key, held.version) ? result : null;
    }

    private boolean isStillHeld(K key, Version version) {
        Entry<V> entry = remote.apply(key);
        return entry != null && entry.isSettled() && entry.version().equals(version);
    }

    /** Returns the digest of a loaded value; null if the value cannot be read back. */
    private byte @Nullable [] digest(byte[] key, V loaded, byte[] expected) {
        byte[] encoded = values.encode(key, loaded);
        byte[] digest = digest(encoded);
        if (Arrays.equals(digest, expected)) {
            return digest;
        }
        try {
            return digest(values.encode(key, values.decode(key, encoded, 0)));
        } catch (UndecodableException e) {
            return null;
        }
    }

    private static byte[] digest(byte[] encoded) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(encoded);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * What the source has.
     *
     * @param value null if it has nothing
     */
    record Loaded<V>(@Nullable V value) {}

    /**
     * What Redis holds.
     *
     * @param version of the entry
     * @param digest of the encoded value
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared as a record.
    record Held(Version version, byte[] digest) {}

    /**
     * The result of a comparison.
     *
     * @param version of the entry in Redis
     * @param remote the digest of the value in Redis
     * @param source the digest of the value of the source; empty if it has none
     * @param beganNanos before the loader was called
     * @param endedNanos after the loader had returned
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared as a record.
    record Result(Version version, byte[] remote, byte[] source, long beganNanos, long endedNanos) {
        boolean isEqual() {
            return Arrays.equals(remote, source);
        }
    }
}
