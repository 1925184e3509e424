package io.github.tieredjcache;

import java.io.Serializable;
import java.util.List;
import java.util.concurrent.Executor;
import javax.cache.configuration.Factory;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * The factories of a configuration beside those of JCache. Immutable and safe for use by many threads.
 *
 * @param loadExecutor creates the executor of background loads; null if {@link TieredSetting#LOAD_THREADS} determines it
 * @param codec creates the codec of the values; null if {@link TieredSetting#CODEC_CLASS} determines it
 * @param hmacKeys returns the keys of signatures; null if {@link TieredSetting#CODEC_HMAC_KEYS} determines them
 * @param keyEncoder creates the encoder of the keys; null for the canonical form
 * @param redisPassword returns the password of Redis; null if the URI has it, or none is needed
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public record TieredFactories<K, V>(
        @Nullable Factory<? extends Executor> loadExecutor,
        @Nullable Factory<? extends TieredCodec<V>> codec,
        @Nullable Factory<List<SecretKey>> hmacKeys,
        @Nullable Factory<? extends TieredKeyEncoder<K>> keyEncoder,
        @Nullable Factory<String> redisPassword)
        implements Serializable {}
