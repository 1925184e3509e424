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
 * The settings of a cache beyond those that JCache knows; those not set have a default.
 *
 * <p>Immutable. {@link #toString()} shows what is set, without passwords and keys.
 */
@SuppressWarnings("serial") // The map and its values are immutable JDK types that are serializable.
public final class TieredSettings implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What an entry of the near tier weighs beside its key and value, in bytes: about what is kept to find and to end it. */
    public static final int ENTRY_OVERHEAD_BYTES = 256;

    /** Nothing set. */
    public static final TieredSettings NONE = new TieredSettings(Map.of());

    private final Map<String, Object> set;

    private TieredSettings(Map<String, Object> set) {
        this.set = set;
    }

    /**
     * Reads the settings that a source of texts holds.
     *
     * @param source gives the text of a setting by its name, for instance {@code near.maximum-size}, or null
     * @param origin where the texts come from, for error messages
     * @return what the source sets
     * @throws IllegalArgumentException if a text is not valid; names the setting, the value, the rule and the origin
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

    /** Returns the names of all settings, in the order of their documentation. */
    public static List<String> names() {
        return Setting.ALL.stream().map(Setting::name).toList();
    }

    /** Returns these settings, and where they say nothing, the other ones. */
    public TieredSettings orElse(TieredSettings other) {
        Map<String, Object> merged = new LinkedHashMap<>(other.set);
        merged.putAll(set);
        return new TieredSettings(Map.copyOf(merged));
    }

    /** Returns the URI of the Redis that the nodes share, or null for a cache without a remote tier. */
    public @Nullable String redisUri() {
        String uri = get(Setting.REDIS_URI);
        return uri.isEmpty() ? null : uri;
    }

    /** Returns the first part of every Redis key of the cache. */
    public String namespace() {
        return get(Setting.NAMESPACE);
    }

    /** Returns the file with the authorities that a Redis is trusted for, or null for those of the JVM. */
    public @Nullable String tlsCaFile() {
        return file(Setting.TLS_CA_FILE);
    }

    /** Returns the file with the certificate that is shown to Redis, or null for none. */
    public @Nullable String tlsCertificateFile() {
        return file(Setting.TLS_CERTIFICATE_FILE);
    }

    /** Returns the file with the private key of that certificate, or null for none. */
    public @Nullable String tlsKeyFile() {
        return file(Setting.TLS_KEY_FILE);
    }

    private @Nullable String file(Setting<String> setting) {
        String path = get(setting);
        return path.isEmpty() ? null : path;
    }

    /** Returns how long a call waits for one answer of Redis. */
    public Duration commandTimeout() {
        return get(Setting.COMMAND_TIMEOUT);
    }

    /** Returns how long the creation of a cache waits for the first connection to Redis. */
    public Duration connectTimeout() {
        return get(Setting.CONNECT_TIMEOUT);
    }

    /** Returns how many entries the near tier holds at most. */
    public long nearMaximumSize() {
        return get(Setting.NEAR_MAXIMUM_SIZE);
    }

    /**
     * Returns how many bytes the entries of the near tier may weigh together, 0 if only their number is bounded. Where this is
     * set, {@link #nearMaximumSize()} has no effect.
     */
    public long nearMaximumWeight() {
        return get(Setting.NEAR_MAXIMUM_WEIGHT);
    }

    /** Returns how stale a read of a shared cache may be at most, whatever happens to the network. */
    public Duration stalenessBound() {
        return get(Setting.NEAR_STALENESS_BOUND);
    }

    /** Returns of how many near hits about one is compared with Redis in the background; 0 for none. */
    public int nearVerifySample() {
        return get(Setting.NEAR_VERIFY_SAMPLE);
    }

    /** Returns how old a near copy of a Redis entry may become; zero for no copies. */
    public Duration nearTimeToLive() {
        return get(Setting.NEAR_TIME_TO_LIVE);
    }

    /** Returns the classes and packages that may be written to and read from Redis, beside those always allowed. */
    public List<String> allowedClasses() {
        return get(Setting.CODEC_ALLOWED);
    }

    /** Returns the class of the {@link TieredCodec} for the values, or null for the library's own codec. */
    public @Nullable String codecClass() {
        String name = get(Setting.CODEC_CLASS);
        return name.isEmpty() ? null : name;
    }

    /** Returns how values are compressed in Redis. */
    public Compression compression() {
        return get(Setting.CODEC_COMPRESSION);
    }

    /** Returns how many bytes an encoded value has at least that is compressed. */
    public int compressionThresholdBytes() {
        return get(Setting.CODEC_COMPRESSION_THRESHOLD);
    }

    /** Returns the keys by which values are signed, the first of them, and found to be genuine; empty for none. They are secret. */
    public List<SecretKey> hmacKeys() {
        return HmacKeys.parse(get(Setting.CODEC_HMAC_KEYS));
    }

    /** Returns how many bytes an encoded value may have. */
    public int maximumValueBytes() {
        return get(Setting.CODEC_MAXIMUM_VALUE_SIZE);
    }

    /** Returns how many bytes an encoded key may have. */
    public int maximumKeyBytes() {
        return get(Setting.CODEC_MAXIMUM_KEY_SIZE);
    }

    /** Returns how long one holder has a key of Redis exclusively. */
    public Duration writeLease() {
        return get(Setting.WRITE_LEASE);
    }

    /** Returns how long a call waits for exclusive access to a key that another has. */
    public Duration writeWait() {
        return get(Setting.WRITE_WAIT);
    }

    /** Returns for how long one node has the right to load a key for all; it is renewed as long as its loader runs. */
    public Duration loadLease() {
        return get(Setting.LOAD_LEASE);
    }

    /** Returns how long a lookup waits for another node's load of the same key before it loads for itself. */
    public Duration loadWait() {
        return get(Setting.LOAD_WAIT);
    }

    /** Returns how many loads of the cache run on this node at a time; 0 for any number. */
    public int maximumConcurrentLoads() {
        return get(Setting.LOAD_MAXIMUM_CONCURRENT);
    }

    /** Returns how long a load waits while so many run. */
    public Duration loadQueueWait() {
        return get(Setting.LOAD_QUEUE_WAIT);
    }

    /** Returns how long a call of the loader may take before its callers get an exception. */
    public Duration loadTimeout() {
        return get(Setting.LOAD_TIMEOUT);
    }

    /** Returns how long a lookup waits for a load before it is answered with an expired value, if there is one. */
    public Duration loadSoftTimeout() {
        return get(Setting.LOAD_SOFT_TIMEOUT);
    }

    /** Returns how long after its end a value may be answered while the source fails or is slow; zero for never. */
    public Duration staleFor() {
        return get(Setting.LOAD_STALE_FOR);
    }

    /** Returns how eagerly entries are loaded again before they end; 0 for never. */
    public double refreshAhead() {
        return get(Setting.LOAD_REFRESH_AHEAD);
    }

    /** Returns the kind of the threads on which loads run that are not run by their callers. */
    public String loadThreads() {
        return get(Setting.LOAD_THREADS);
    }

    /** Returns by how many percent lifetimes are shortened at random at most. */
    public int expiryJitterPercent() {
        return get(Setting.EXPIRY_JITTER);
    }

    /** Returns how many hot keys are written down for nodes that start; 0 for no warm start. */
    public int warmKeys() {
        return get(Setting.WARM_KEYS);
    }

    /** Returns how often the hot keys are written down. */
    public Duration warmInterval() {
        return get(Setting.WARM_INTERVAL);
    }

    /** Returns what operations do while Redis is away. */
    public OutagePolicy outagePolicy() {
        return get(Setting.OUTAGE_POLICY);
    }

    /** Returns for how long after Redis went near copies are answered, where operations go on. */
    public Duration outageNearTimeToLive() {
        return get(Setting.OUTAGE_NEAR_TIME_TO_LIVE);
    }

    /** Returns of how many keys it is known one by one that Redis has missed a change; beyond it Redis forgets the cache. */
    public int outageJournalKeys() {
        return get(Setting.OUTAGE_JOURNAL_KEYS);
    }

    /** Returns whether the cache is emptied when Redis is another server than before, on which its last changes may be missing. */
    public boolean failoverRepair() {
        return get(Setting.OUTAGE_FAILOVER_REPAIR);
    }

    /** Returns what is set, by name, each as text without passwords and keys. */
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
