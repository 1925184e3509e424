package io.github.tieredjcache;

import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a cache that JCache does not have. A setting that no source sets has its default, which {@link
 * TieredConfiguration.Builder} documents.
 *
 * <pre>{@code
 * TieredSettings settings = cache.getConfiguration(TieredConfiguration.class).settings();
 * Duration bound = settings.stalenessBound();
 * }</pre>
 *
 * <p>Immutable and safe for use by many threads. {@link #toString()} shows the settings that are set, without passwords
 * and keys. In a configuration file a setting has its name; in the manager's properties and in system properties the
 * name has the prefix {@code tiered-jcache.} before it.
 */
@SuppressWarnings("serial") // The map and its values are immutable JDK types that are serializable.
public final class TieredSettings implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * The weight of an entry in the near tier beside its key and value, in bytes: an estimate of the memory for map and
     * expiry.
     */
    public static final int ENTRY_OVERHEAD_BYTES = 256;

    /** Settings of which none is set. */
    public static final TieredSettings NONE = new TieredSettings(Map.of());

    private final Map<String, Object> set;

    private TieredSettings(Map<String, Object> set) {
        this.set = set;
    }

    /**
     * Parses the settings of a source of texts.
     *
     * @param source returns the text of a setting by its name, for instance {@code near.maximum-size}, or null
     * @param origin the name of the source in error messages
     * @return the settings that the source has
     * @throws IllegalArgumentException if a text is not valid; the message has the setting, the value, the rule and the
     *     origin
     */
    public static TieredSettings from(Function<String, @Nullable String> source, String origin) {
        TieredSettings settings = NONE;
        for (Setting<?> setting : Setting.ALL) {
            String text = source.apply(setting.name());
            if (text != null) {
                settings = settings.withText(setting, text, origin);
            }
        }
        return settings;
    }

    /** Returns the names of all settings, such as {@code near.maximum-size}, in the order of their documentation. */
    public static List<String> names() {
        return Setting.ALL.stream().map(Setting::name).toList();
    }

    /** Returns these settings, completed by other ones: a setting that is not set here has the other value. */
    public TieredSettings orElse(TieredSettings other) {
        Map<String, Object> merged = new LinkedHashMap<>(other.set);
        merged.putAll(set);
        return new TieredSettings(Map.copyOf(merged));
    }

    /**
     * Returns {@code redis.uri}, the URI of the Redis that the nodes share, user and password included; null for a
     * cache without Redis.
     */
    public @Nullable String redisUri() {
        String uri = get(Setting.REDIS_URI);
        return uri.isEmpty() ? null : uri;
    }

    /** Returns {@code redis.namespace}, the first part of every Redis key of the cache. */
    public String namespace() {
        return get(Setting.NAMESPACE);
    }

    /**
     * Returns {@code redis.tls.ca-file}, the PEM file of the authorities that may sign the certificate of Redis; null
     * for those of the JVM.
     */
    public @Nullable String tlsCaFile() {
        return file(Setting.TLS_CA_FILE);
    }

    /** Returns {@code redis.tls.certificate-file}, the PEM file of the certificate for Redis; null for none. */
    public @Nullable String tlsCertificateFile() {
        return file(Setting.TLS_CERTIFICATE_FILE);
    }

    /** Returns {@code redis.tls.key-file}, the PEM file of the private key of that certificate; null for none. */
    public @Nullable String tlsKeyFile() {
        return file(Setting.TLS_KEY_FILE);
    }

    private @Nullable String file(Setting<String> setting) {
        String path = get(setting);
        return path.isEmpty() ? null : path;
    }

    /** Returns {@code redis.command-timeout}, the maximum time that a call waits for one reply of Redis. */
    public Duration commandTimeout() {
        return get(Setting.COMMAND_TIMEOUT);
    }

    /**
     * Returns {@code redis.connect-timeout}, the maximum time that the creation of a cache waits for the first
     * connection to Redis.
     */
    public Duration connectTimeout() {
        return get(Setting.CONNECT_TIMEOUT);
    }

    /** Returns {@code near.maximum-size}, the maximum number of entries in the near tier. */
    public long nearMaximumSize() {
        return get(Setting.NEAR_MAXIMUM_SIZE);
    }

    /**
     * Returns {@code near.maximum-weight}, the maximum weight of the near tier in bytes; 0 if the number of entries is
     * bounded instead. If it is set, {@link #nearMaximumSize()} has no effect.
     */
    public long nearMaximumWeight() {
        return get(Setting.NEAR_MAXIMUM_WEIGHT);
    }

    /**
     * Returns {@code near.staleness-bound}, the maximum staleness of a read of a shared cache, also if the network
     * fails.
     */
    public Duration stalenessBound() {
        return get(Setting.NEAR_STALENESS_BOUND);
    }

    /**
     * Returns {@code near.verify-sample}: one of so many near hits is compared with Redis in the background; 0 for
     * none.
     */
    public int nearVerifySample() {
        return get(Setting.NEAR_VERIFY_SAMPLE);
    }

    /** Returns {@code near.time-to-live}, the maximum age of a near copy; zero for no near copies. */
    public Duration nearTimeToLive() {
        return get(Setting.NEAR_TIME_TO_LIVE);
    }

    /**
     * Returns {@code codec.allowed}, the classes and packages that may be stored in Redis in addition to those always
     * allowed.
     */
    public List<String> allowedClasses() {
        return get(Setting.CODEC_ALLOWED);
    }

    /**
     * Returns {@code codec.class}, the class of the {@link TieredCodec} for the values; null for the library's own
     * codec.
     */
    public @Nullable String codecClass() {
        String name = get(Setting.CODEC_CLASS);
        return name.isEmpty() ? null : name;
    }

    /** Returns {@code codec.compression}, the compression of values in Redis. */
    public Compression compression() {
        return get(Setting.CODEC_COMPRESSION);
    }

    /** Returns {@code codec.compression-threshold}: smaller encoded values are not compressed; in bytes. */
    public int compressionThresholdBytes() {
        return get(Setting.CODEC_COMPRESSION_THRESHOLD);
    }

    /**
     * Returns {@code codec.hmac-keys}, the secret keys of signatures; empty for none. The first key signs, and each of
     * them verifies.
     */
    public List<SecretKey> hmacKeys() {
        return HmacKeys.parse(get(Setting.CODEC_HMAC_KEYS));
    }

    /** Returns {@code codec.maximum-value-size}, the maximum number of bytes of an encoded value. */
    public int maximumValueBytes() {
        return get(Setting.CODEC_MAXIMUM_VALUE_SIZE);
    }

    /** Returns {@code codec.maximum-key-size}, the maximum number of bytes of an encoded key. */
    public int maximumKeyBytes() {
        return get(Setting.CODEC_MAXIMUM_KEY_SIZE);
    }

    /** Returns {@code write.lease}, the duration of a write lease of a key in Redis unless it is renewed. */
    public Duration writeLease() {
        return get(Setting.WRITE_LEASE);
    }

    /** Returns {@code write.wait}, the maximum time that a call waits for a key that another call has leased. */
    public Duration writeWait() {
        return get(Setting.WRITE_WAIT);
    }

    /** Returns {@code load.lease}, the duration of a load lease; it is renewed while the loader runs. */
    public Duration loadLease() {
        return get(Setting.LOAD_LEASE);
    }

    /**
     * Returns {@code load.wait}, the maximum time that a lookup waits for another node's load before it loads without a
     * load lease.
     */
    public Duration loadWait() {
        return get(Setting.LOAD_WAIT);
    }

    /**
     * Returns {@code load.maximum-concurrent}, the maximum number of loads of the cache that run on this node at a
     * time; 0 for any number.
     */
    public int maximumConcurrentLoads() {
        return get(Setting.LOAD_MAXIMUM_CONCURRENT);
    }

    /**
     * Returns {@code load.queue-wait}, the maximum time that a load waits while {@link #maximumConcurrentLoads} loads
     * run.
     */
    public Duration loadQueueWait() {
        return get(Setting.LOAD_QUEUE_WAIT);
    }

    /** Returns {@code load.timeout}, the maximum time that callers wait for the loader before they get an exception. */
    public Duration loadTimeout() {
        return get(Setting.LOAD_TIMEOUT);
    }

    /**
     * Returns {@code load.soft-timeout}, the time after which a waiting lookup returns an expired value, if there is
     * one.
     */
    public Duration loadSoftTimeout() {
        return get(Setting.LOAD_SOFT_TIMEOUT);
    }

    /**
     * Returns {@code load.stale-for}, how long after its expiry a value may be returned while the source fails or is
     * slow; zero for never.
     */
    public Duration staleFor() {
        return get(Setting.LOAD_STALE_FOR);
    }

    /**
     * Returns {@code load.refresh-ahead}, the factor by which entries are loaded again before they expire; 0 for never.
     */
    public double refreshAhead() {
        return get(Setting.LOAD_REFRESH_AHEAD);
    }

    /**
     * Returns {@code load.threads}, the kind of the threads of background loads: {@code platform} or {@code virtual}.
     */
    public String loadThreads() {
        return get(Setting.LOAD_THREADS);
    }

    /** Returns {@code expiry.jitter}, the maximum percentage by which lifetimes are shortened at random. */
    public int expiryJitterPercent() {
        return get(Setting.EXPIRY_JITTER);
    }

    /** Returns {@code warm.keys}, the number of most-read keys that are saved in Redis for a warm start; 0 for none. */
    public int warmKeys() {
        return get(Setting.WARM_KEYS);
    }

    /** Returns {@code warm.interval}, the interval in which the most-read keys are saved. */
    public Duration warmInterval() {
        return get(Setting.WARM_INTERVAL);
    }

    /** Returns {@code outage.policy}, the behaviour of operations while Redis is unavailable. */
    public OutagePolicy outagePolicy() {
        return get(Setting.OUTAGE_POLICY);
    }

    /**
     * Returns {@code outage.near-time-to-live}, how long after the begin of an outage near copies are returned, by
     * {@link OutagePolicy#LOCAL}.
     */
    public Duration outageNearTimeToLive() {
        return get(Setting.OUTAGE_NEAR_TIME_TO_LIVE);
    }

    /**
     * Returns {@code outage.journal-keys}, the maximum number of keys in the recovery journal; beyond it Redis drops
     * the whole cache.
     */
    public int outageJournalKeys() {
        return get(Setting.OUTAGE_JOURNAL_KEYS);
    }

    /**
     * Returns {@code outage.failover-repair}: whether the cache is emptied when Redis is another server than before.
     */
    public boolean failoverRepair() {
        return get(Setting.OUTAGE_FAILOVER_REPAIR);
    }

    /** Returns the settings that are set, by name, each as text without passwords and keys. */
    public Map<String, String> describe() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Setting<?> setting : Setting.ALL) {
            Object value = set.get(setting.name());
            if (value != null) {
                texts.put(setting.name(), setting.show(value));
            }
        }
        return texts;
    }

    @Override
    public String toString() {
        return describe().toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TieredSettings settings && set.equals(settings.set);
    }

    @Override
    public int hashCode() {
        return set.hashCode();
    }

    <T> TieredSettings with(Setting<T> setting, T value) {
        return withChecked(setting, setting.checked(value, "the configuration"));
    }

    private <T> TieredSettings withText(Setting<T> setting, String text, String origin) {
        return withChecked(setting, setting.parse(text, origin));
    }

    private <T> TieredSettings withChecked(Setting<T> setting, T value) {
        Map<String, Object> next = new LinkedHashMap<>(set);
        next.put(setting.name(), value);
        return new TieredSettings(Map.copyOf(next));
    }

    private <T> T get(Setting<T> setting) {
        Object value = set.get(setting.name());
        return value == null ? setting.defaultValue() : setting.type().cast(value);
    }
}
