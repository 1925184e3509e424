package io.github.tieredjcache;

import java.time.Duration;
import java.util.List;
import javax.crypto.SecretKey;

/**
 * A setting of a cache: its name, the type and rule of its values, and its default.
 *
 * <pre>{@code
 * TieredConfiguration.builder(String.class, Order.class)
 *         .with(TieredSetting.WRITE_LEASE, Duration.ofSeconds(10))
 *         .build();
 * Duration lease = cache.getConfiguration(TieredConfiguration.class).settings().get(TieredSetting.WRITE_LEASE);
 * }</pre>
 *
 * <p>The constants of this class are all settings. A constant has the name of its setting: {@link #WRITE_LEASE} is
 * {@code write.lease} in a configuration file, {@code tiered-jcache.write.lease} as a property of the manager or of the
 * system, and {@code TIERED_JCACHE_WRITE_LEASE} in the environment. In texts a duration is {@code 250ms}, {@code 5s},
 * {@code 10m}, {@code 2h}, {@code 1d} or ISO-8601, at most 36500 days, which means unlimited; a size is a number of
 * bytes, {@code 4KiB}, {@code 16MiB} or {@code 2GiB}; a switch is {@code on} or {@code off}.
 *
 * <p>Immutable and safe for use by many threads.
 *
 * @param <T> the class of the values
 */
public final class TieredSetting<T> {
    /**
     * The Redis that the nodes share; default none. Without it in any source, or with an empty text, the cache has no
     * remote tier.
     *
     * <pre>{@code
     * redis://user:password@host:6379/0                                      one server
     * redis-sentinel://user:password@host1:26379,host2:26379/0#mymaster      Sentinel
     * redis-cluster://user:password@host1:6379,host2:6379                    Redis Cluster
     * }</pre>
     *
     * <p>The schemes {@code rediss://}, {@code rediss-sentinel://} and {@code rediss-cluster://} use TLS; certificate
     * and host name of the server are then always verified. With Sentinel, user and password are those of the servers,
     * and the parameter {@code ?sentinelPassword=…} is the password of the sentinels. In a Redis Cluster a cache is
     * spread over all masters; see {@link #REDIS_CLUSTER_PARTITIONS}.
     *
     * <p>Special characters of a user or password are percent-encoded: '/' is {@code %2F}, '@' is {@code %40}, '?' is
     * {@code %3F}, '#' is {@code %23}, '%' is {@code %25}. A URI with an unencoded one is refused, because a piece of
     * the password would be taken for a host. No message, bean or log shows user or password. If no source sets
     * the URI, that of the environment variable {@code REDIS_URL} holds.
     */
    public static final TieredSetting<String> REDIS_URI = of("redis.uri", "", SettingType.redisUri());

    /**
     * The first part of every Redis key, not empty; default {@code tiered-jcache}. Caches of one namespace and one name
     * share their data.
     */
    public static final TieredSetting<String> REDIS_NAMESPACE = ofRedis(
            "redis.namespace", "tiered-jcache", SettingType.text(name -> name.isEmpty() ? "must not be empty" : null));

    /**
     * How many partitions a cache has in a Redis Cluster: a power of two up to 1,024, default 64. Each partition is in
     * one hash slot, and the slots are spread evenly over the masters, so there should be several for each master. The
     * number is a part of the data: the first node stores it in Redis, and the others follow it. No effect without a
     * cluster.
     */
    public static final TieredSetting<Integer> REDIS_CLUSTER_PARTITIONS =
            ofRedis("redis.cluster.partitions", 64, SettingType.powerOfTwo(1_024));

    /**
     * A PEM file of the authorities that may sign the certificate of a {@code rediss://} server; default: the
     * authorities of the JVM. The file is checked when a cache is created, and read again for each connection, so it
     * may be replaced while caches are open.
     */
    public static final TieredSetting<String> REDIS_TLS_CA_FILE = ofRedis("redis.tls.ca-file", "", SettingType.file());

    /**
     * A PEM file of the certificate for a {@code rediss://} server that requests one, and of the certificates that lead
     * to its authority; default none. It needs {@link #REDIS_TLS_KEY_FILE}. The file is checked when a cache is
     * created, and read again for each connection.
     */
    public static final TieredSetting<String> REDIS_TLS_CERTIFICATE_FILE =
            ofRedis("redis.tls.certificate-file", "", SettingType.file());

    /** A PEM file of the private key of {@link #REDIS_TLS_CERTIFICATE_FILE}, PKCS #8, not encrypted; default none. */
    public static final TieredSetting<String> REDIS_TLS_KEY_FILE =
            ofRedis("redis.tls.key-file", "", SettingType.file());

    /**
     * The maximum time that a call of the cache waits for one reply of Redis; default 500 ms, minimum 1 ms. Each byte
     * that is transferred meanwhile extends it by a microsecond, so that a large value on a slow network is no outage.
     * Caches that share a connection may have different timeouts.
     */
    public static final TieredSetting<Duration> REDIS_COMMAND_TIMEOUT =
            ofRedis("redis.command-timeout", Duration.ofMillis(500), SettingType.duration(Duration.ofMillis(1)));

    /**
     * The maximum time that the creation of a cache waits for the first connection to Redis; default 5 s, minimum 1 ms.
     * After that the cache is created without a connection, which is then established in the background.
     */
    public static final TieredSetting<Duration> REDIS_CONNECT_TIMEOUT =
            ofRedis("redis.connect-timeout", Duration.ofSeconds(5), SettingType.duration(Duration.ofMillis(1)));

    /**
     * The name of this node in Redis and in logs; default: host name and process id, such as {@code web-3-4711}. At most
     * 64 letters, digits and characters of {@code . _ : @ / -}.
     *
     * <p>The connections of the node have it in {@code CLIENT LIST}, {@code SLOWLOG} and {@code ACL LOG}, unless the URI
     * has a {@code clientName}. The log has it at the start of a cache, beside the number by which entries in Redis name
     * their last writer. Caches with different names have connections of their own. No effect without Redis.
     */
    public static final TieredSetting<String> NODE_NAME = ofRedis("node.name", "", SettingType.nodeName());

    /**
     * The maximum number of entries in the near tier; default 10,000, minimum 1. Without Redis this bounds the cache
     * itself. No effect beside {@link #NEAR_MAXIMUM_WEIGHT} of the same source or a source before it.
     */
    public static final TieredSetting<Long> NEAR_MAXIMUM_SIZE = of("near.maximum-size", 10_000L, SettingType.size());

    /**
     * The maximum weight of the near tier in bytes, in place of a maximum number of entries; default none, which is 0;
     * minimum 1.
     *
     * <p>The weight of an entry is the number of bytes of its key and value in Redis, and {@value
     * TieredSettings#ENTRY_OVERHEAD_BYTES} more; as a Java object a value often needs more memory. A cache without
     * Redis encodes each value once to weigh it, so it accepts only values that could be stored in Redis.
     */
    public static final TieredSetting<Long> NEAR_MAXIMUM_WEIGHT = of("near.maximum-weight", 0L, SettingType.weight());

    /**
     * The maximum age of a near copy, counted from before the copy was read from Redis; default unlimited: a copy stays
     * until its entry changes or expires. Zero keeps no near copies, so every read asks Redis. No effect without Redis.
     */
    public static final TieredSetting<Duration> NEAR_TIME_TO_LIVE =
            ofRedis("near.time-to-live", Durations.MAX, SettingType.duration(Duration.ZERO));

    /**
     * The maximum staleness of a read, also if the network is cut silently or this node was paused; default 2 s,
     * minimum 1 s. No effect without Redis.
     */
    public static final TieredSetting<Duration> NEAR_STALENESS_BOUND =
            ofRedis("near.staleness-bound", Duration.ofSeconds(2), SettingType.duration(Duration.ofSeconds(1)));

    /**
     * One of about so many near hits is compared with Redis in the background; default 0, none; maximum 1,000,000,000.
     * The comparison finds invalidations that get lost between Redis and this node. A near copy that Redis does not
     * hold is dropped, logged, and counted by {@link TierStatistics#nearMismatches}. No lookup waits for a comparison,
     * and a cache compares one key at a time. No effect without Redis.
     */
    public static final TieredSetting<Integer> NEAR_VERIFY_SAMPLE =
            ofRedis("near.verify-sample", 0, SettingType.count(0, 1_000_000_000));

    /**
     * The classes that may be read from Redis in addition to the JDK's value types, the configured key and value types,
     * the packages of these types, and the classes that are {@linkplain #CODEC_LEARNING learned}; default none.
     *
     * <p>A pattern is a class name ({@code com.shop.Order}), a package ({@code com.shop.*}) or a package tree ({@code
     * com.shop.**}). In a text, commas separate the patterns; the empty text means none. A class of the Java runtime, or of a library that is
     * known to run code from hostile bytes, is allowed only by its full name.
     */
    public static final TieredSetting<List<String>> CODEC_ALLOWED =
            of("codec.allowed", List.of(), SettingType.classPatterns());

    /**
     * Whether any class of the application may be stored, and may be read from Redis once this node has stored an
     * object of it in the cache; default true. Until then a value of the class counts as missing, see {@link
     * UndecodableReason#NOT_LEARNED}. A class of the Java runtime, or of a library that is known to run code from
     * hostile bytes, is never learned. If false, only the classes of {@link #CODEC_ALLOWED} may be stored and read.
     */
    public static final TieredSetting<Boolean> CODEC_LEARNING = of("codec.learning", true, SettingType.onOrOff());

    /**
     * What happens to a call with a value that cannot be stored: one that the codec or the copier refuses, or one
     * larger than {@link #CODEC_MAXIMUM_VALUE_SIZE}; default {@link RefusedPolicy#DROP}. By {@link OutagePolicy#FAIL}
     * the call always throws.
     */
    public static final TieredSetting<RefusedPolicy> CODEC_REFUSED =
            of("codec.refused", RefusedPolicy.DROP, SettingType.oneOf(RefusedPolicy.DROP, RefusedPolicy.THROW));

    /**
     * The name of the class of the {@link TieredCodec} for the values, which has a public constructor without
     * parameters and is found by the class loader of the cache manager; default none: the library's own codec. {@link
     * TieredConfiguration.Builder#codec} overrides it.
     */
    public static final TieredSetting<String> CODEC_CLASS = of("codec.class", "", SettingType.className());

    /**
     * The compression of large values in Redis; default {@link Compression#NONE}. A value of which compression saves
     * less than an eighth is stored uncompressed. Nodes with and without compression read each other's values, if both
     * have the compression library. A cache without Redis compresses values only to weigh them.
     */
    public static final TieredSetting<Compression> CODEC_COMPRESSION =
            of("codec.compression", Compression.NONE, SettingType.oneOf(Compression.NONE, Compression.LZ4));

    /** The size in bytes from which encoded values are compressed; default 4 KiB, between 1 and 500 MiB. */
    public static final TieredSetting<Integer> CODEC_COMPRESSION_THRESHOLD =
            of("codec.compression-threshold", 4 << 10, SettingType.bytes());

    /**
     * The secret keys by which values in Redis are signed (HMAC-SHA256) in place of a checksum; default none. 1 to 8
     * keys of at least 32 bytes; in a text, in Base64 and separated by commas. {@link
     * TieredConfiguration.Builder#hmacKeys} overrides them. No message, bean or log shows a key.
     *
     * <p>The first key signs; a value that none of the keys verifies counts as missing, see {@link
     * UndecodableReason#SIGNATURE}. To rotate keys, first give all nodes the new key behind the old one, then before
     * it, then alone.
     *
     * <p>The signature covers the Redis key (namespace, cache, epoch, key) and everything that the node has written of
     * the value. It does not cover the lifetime, which changes in Redis, nor the age: a program that can write to Redis
     * can remove a value, expire it, keep it, and restore an earlier value of the same key. Nodes that have seen a
     * {@code clear()} accept nothing from before it. The number of the epoch itself is not signed; so after a restart of
     * all nodes an old number with values of its time is accepted, until the keys are replaced without keeping the old
     * one.
     */
    public static final TieredSetting<List<SecretKey>> CODEC_HMAC_KEYS =
            of("codec.hmac-keys", List.of(), SettingType.secretKeys());

    /**
     * The maximum number of bytes of an encoded value before compression; default 16 MiB, between 1 and 500 MiB. A
     * larger value is refused, see {@link #CODEC_REFUSED}. A larger value that is in Redis all the same is not read, but counted as
     * undecodable, logged and removed.
     */
    public static final TieredSetting<Integer> CODEC_MAXIMUM_VALUE_SIZE =
            of("codec.maximum-value-size", 16 << 20, SettingType.bytes());

    /**
     * The maximum number of bytes of an encoded key; default 4 KiB, between 1 and 500 MiB. A larger key is refused.
     */
    public static final TieredSetting<Integer> CODEC_MAXIMUM_KEY_SIZE =
            of("codec.maximum-key-size", 4 << 10, SettingType.bytes());

    /**
     * The duration of the write lease under which an entry processor or a writer runs; default 5 s, minimum 10 ms. The
     * lease is renewed while that code runs, so this is how long other callers wait for a node that died meanwhile. No
     * effect without Redis.
     */
    public static final TieredSetting<Duration> WRITE_LEASE =
            ofRedis("write.lease", Duration.ofSeconds(5), SettingType.duration(Duration.ofMillis(10)));

    /** The maximum time that a call waits for a key that another call has leased; default 30 s, minimum 1 ms. */
    public static final TieredSetting<Duration> WRITE_WAIT =
            of("write.wait", Duration.ofSeconds(30), SettingType.duration(Duration.ofMillis(1)));

    /**
     * The duration of the load lease, the right of one node to load a key for all nodes; default 3 s, minimum 10 ms.
     * The lease is renewed while the loader runs, up to a minute; so this is how long other nodes wait for a node that
     * died while it loaded. No effect without Redis.
     */
    public static final TieredSetting<Duration> LOAD_LEASE =
            ofRedis("load.lease", Duration.ofSeconds(3), SettingType.duration(Duration.ofMillis(10)));

    /**
     * The maximum time that a lookup waits for another node's load of the same key; default 1 s, zero for no wait.
     * After that the lookup loads without a load lease, and its value is not cached. No effect without Redis.
     */
    public static final TieredSetting<Duration> LOAD_WAIT =
            ofRedis("load.wait", Duration.ofSeconds(1), SettingType.duration(Duration.ZERO));

    /**
     * The maximum number of loads of the cache that run on this node at a time; default 64, maximum 1,000,000, 0 for
     * any number.
     *
     * <p>A call of {@code CacheLoader.loadAll} counts as one load. Waiting for another caller's load of the same key
     * does not count, nor does a load on the loader's own thread, when a loader reads its own cache. Further loads wait
     * for {@link #LOAD_QUEUE_WAIT}; background refreshes do not wait, but are skipped.
     *
     * <p>The default keeps a source busy and exceeds a usual pool of database connections. It is fewer than the threads
     * of a server, all of which miss at once when Redis becomes unavailable together with its entries.
     */
    public static final TieredSetting<Integer> LOAD_MAXIMUM_CONCURRENT =
            of("load.maximum-concurrent", 64, SettingType.count(0, 1_000_000));

    /**
     * The maximum time that a load waits while {@link #LOAD_MAXIMUM_CONCURRENT} loads run, first come, first served;
     * default 30 s, zero for no wait. After that its callers get a {@link javax.cache.integration.CacheLoaderException},
     * or an expired value as if the loader had failed. A shorter {@link #LOAD_TIMEOUT} ends the wait earlier.
     */
    public static final TieredSetting<Duration> LOAD_QUEUE_WAIT =
            of("load.queue-wait", Duration.ofSeconds(30), SettingType.duration(Duration.ZERO));

    /**
     * The maximum time that callers wait for the loader; default unlimited, minimum 1 ms. After that the callers get a
     * {@link javax.cache.integration.CacheLoaderException}, the thread of the loader is interrupted, other nodes stop
     * waiting, and the loaded value is not cached. With this setting or {@link #LOAD_SOFT_TIMEOUT}, loads do not run on
     * the threads of their callers.
     */
    public static final TieredSetting<Duration> LOAD_TIMEOUT =
            of("load.timeout", Durations.MAX, SettingType.duration(Duration.ofMillis(1)));

    /**
     * The time after which a lookup that waits for a load returns an expired value, if {@link #LOAD_STALE_FOR} has kept
     * one; default unlimited, minimum 1 ms. The load continues in the background.
     */
    public static final TieredSetting<Duration> LOAD_SOFT_TIMEOUT =
            of("load.soft-timeout", Durations.MAX, SettingType.duration(Duration.ofMillis(1)));

    /**
     * How long after its expiry a value may be returned while the loader fails, or is slower than {@link
     * #LOAD_SOFT_TIMEOUT}; default zero, never. Every other operation treats the entry as expired. Redis, or the memory
     * of a cache without Redis, keeps expired entries for that long.
     */
    public static final TieredSetting<Duration> LOAD_STALE_FOR =
            of("load.stale-for", Duration.ZERO, SettingType.duration(Duration.ZERO));

    /**
     * The factor by which an entry that is read is loaded again before it expires, in the background, by one node;
     * default 0, never; maximum 100. 1 is a good start; a larger factor loads earlier.
     *
     * <p>Each read decides at random whether to load. The probability grows with the approach of the expiry and with
     * the duration of loads (Vattani, Chierichetti and Lowenstein, "Optimal Probabilistic Cache Stampede Prevention",
     * 2015).
     */
    public static final TieredSetting<Double> LOAD_REFRESH_AHEAD =
            of("load.refresh-ahead", 0.0, SettingType.factor(100));

    /**
     * The maximum number of loads a minute by which this node compares what Redis holds with the source; default 0,
     * none; maximum 600. A sample of the hits is compared in the background, which finds changes of the source that
     * passed the cache by: they are logged, and counted by {@link TierStatistics#sourceMismatches}. Values are equal if
     * their encoded bytes are.
     *
     * <p>No lookup waits for a comparison, and nothing is stored: neither entries nor their expiry change. The loads
     * count in no number but {@link TierStatistics#loadsRunning}. There is none while {@link #LOAD_MAXIMUM_CONCURRENT}
     * loads run, while loads fail, or while Redis is unavailable. No effect without Redis or without a loader.
     */
    public static final TieredSetting<Integer> LOAD_VERIFY_PER_MINUTE =
            ofRedis("load.verify-per-minute", 0, SettingType.count(0, 600));

    /**
     * The kind of the threads of loads that do not run on the threads of their callers: {@code platform}, the default,
     * or {@code virtual}, which needs JDK 21 or later. {@link TieredConfiguration.Builder#loadExecutor} overrides it.
     */
    public static final TieredSetting<String> LOAD_THREADS = of(
            "load.threads",
            "platform",
            SettingType.text(
                    kind -> kind.equals("platform") || kind.equals("virtual") ? null : "must be platform or virtual"));

    /**
     * The maximum percentage by which the lifetime that the expiry policy returns on creation and update is shortened
     * at random; default 0, maximum 50; in a text {@code 10%}. Entries that were stored together then do not expire
     * together.
     */
    public static final TieredSetting<Integer> EXPIRY_JITTER = of("expiry.jitter", 0, SettingType.percentage(50));

    /**
     * How many of the most-read keys are saved in Redis, so that a node that starts can fill its near tier in the
     * background; default 0, no warm start; maximum 1,000,000. No effect without Redis.
     */
    public static final TieredSetting<Integer> WARM_KEYS = ofRedis("warm.keys", 0, SettingType.count(0, 1_000_000));

    /**
     * The interval in which the most-read keys are saved; default 1 minute, minimum 1 s. They are also saved when the
     * cache is closed. No effect without Redis.
     */
    public static final TieredSetting<Duration> WARM_INTERVAL =
            ofRedis("warm.interval", Duration.ofMinutes(1), SettingType.duration(Duration.ofSeconds(1)));

    /**
     * The behaviour of operations while Redis is unavailable; default {@link OutagePolicy#LOCAL}. No effect without
     * Redis.
     */
    public static final TieredSetting<OutagePolicy> OUTAGE_POLICY =
            ofRedis("outage.policy", OutagePolicy.LOCAL, SettingType.oneOf(OutagePolicy.LOCAL, OutagePolicy.FAIL));

    /**
     * How long after the begin of an outage the last known values are returned from memory; default 5 minutes, zero for
     * not at all. These values may be as stale as that. By {@link OutagePolicy#LOCAL} only.
     */
    public static final TieredSetting<Duration> OUTAGE_NEAR_TIME_TO_LIVE =
            ofRedis("outage.near-time-to-live", Duration.ofMinutes(5), SettingType.duration(Duration.ZERO));

    /**
     * The maximum number of keys in the recovery journal; default 10,000, between 1 and 10,000,000. If more keys are
     * written or removed during an outage, all keys count as changed, and Redis drops the whole cache on recovery. In a
     * Redis Cluster the number is divided among the partitions, each of which has a journal.
     */
    public static final TieredSetting<Integer> OUTAGE_JOURNAL_KEYS =
            ofRedis("outage.journal-keys", 10_000, SettingType.count(1, 10_000_000));

    /**
     * Whether the cache is emptied when Redis is another server than before, that is, a promoted replica or a restarted
     * server. Such a server may lack acknowledged changes, so that removed entries reappear. Default false, because
     * then every failover, also a planned one without loss, sends all nodes to the source.
     */
    public static final TieredSetting<Boolean> OUTAGE_FAILOVER_REPAIR =
            ofRedis("outage.failover-repair", false, SettingType.onOrOff());

    private static final List<TieredSetting<?>> ALL = List.of(
            REDIS_URI,
            REDIS_NAMESPACE,
            REDIS_CLUSTER_PARTITIONS,
            REDIS_TLS_CA_FILE,
            REDIS_TLS_CERTIFICATE_FILE,
            REDIS_TLS_KEY_FILE,
            REDIS_COMMAND_TIMEOUT,
            REDIS_CONNECT_TIMEOUT,
            NODE_NAME,
            NEAR_MAXIMUM_SIZE,
            NEAR_MAXIMUM_WEIGHT,
            NEAR_TIME_TO_LIVE,
            NEAR_STALENESS_BOUND,
            NEAR_VERIFY_SAMPLE,
            CODEC_ALLOWED,
            CODEC_LEARNING,
            CODEC_REFUSED,
            CODEC_CLASS,
            CODEC_COMPRESSION,
            CODEC_COMPRESSION_THRESHOLD,
            CODEC_HMAC_KEYS,
            CODEC_MAXIMUM_VALUE_SIZE,
            CODEC_MAXIMUM_KEY_SIZE,
            WRITE_LEASE,
            WRITE_WAIT,
            LOAD_LEASE,
            LOAD_WAIT,
            LOAD_MAXIMUM_CONCURRENT,
            LOAD_QUEUE_WAIT,
            LOAD_TIMEOUT,
            LOAD_SOFT_TIMEOUT,
            LOAD_STALE_FOR,
            LOAD_REFRESH_AHEAD,
            LOAD_VERIFY_PER_MINUTE,
            LOAD_THREADS,
            EXPIRY_JITTER,
            WARM_KEYS,
            WARM_INTERVAL,
            OUTAGE_POLICY,
            OUTAGE_NEAR_TIME_TO_LIVE,
            OUTAGE_JOURNAL_KEYS,
            OUTAGE_FAILOVER_REPAIR);

    private final String name;
    private final T defaultValue;
    private final SettingType<T> type;
    private final boolean needsRedis;

    private TieredSetting(String name, T defaultValue, SettingType<T> type, boolean needsRedis) {
        this.name = name;
        this.defaultValue = defaultValue;
        this.type = type;
        this.needsRedis = needsRedis;
    }

    private static <T> TieredSetting<T> of(String name, T defaultValue, SettingType<T> type) {
        return new TieredSetting<>(name, defaultValue, type, false);
    }

    private static <T> TieredSetting<T> ofRedis(String name, T defaultValue, SettingType<T> type) {
        return new TieredSetting<>(name, defaultValue, type, true);
    }

    /** Returns all settings, in the order of their constants. */
    public static List<TieredSetting<?>> all() {
        return ALL;
    }

    /** Returns the name in a configuration file; properties prefix it with {@code tiered-jcache.}. */
    public String name() {
        return name;
    }

    /** Returns the class of the values. */
    public Class<T> valueClass() {
        return type.valueClass();
    }

    /** Returns the value where no source sets the setting. */
    public T defaultValue() {
        return defaultValue;
    }

    /** Returns whether the setting has no effect on a cache without Redis. */
    public boolean needsRedis() {
        return needsRedis;
    }

    /**
     * Returns a value of this setting as the text of messages and beans, without passwords and keys; empty for none.
     *
     * @throws ClassCastException if the value is of another class
     */
    public String format(Object value) {
        return type.formatter().apply(valueClass().cast(value));
    }

    /** Returns the name. */
    @Override
    public String toString() {
        return name;
    }

    /** Returns the value if it obeys the rule; throws {@link IllegalArgumentException} if not. */
    T checked(T value, String origin) {
        String broken = type.brokenRule().apply(value);
        if (broken != null) {
            throw new IllegalArgumentException(name + " " + broken + ", was " + format(value) + " in " + origin);
        }
        return value;
    }

    /** Returns the value of a text if it obeys the rule; throws {@link IllegalArgumentException} if not. */
    T parse(String text, String origin) {
        T value;
        try {
            value = type.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " " + e.getMessage() + " in " + origin, e);
        }
        return checked(value, origin);
    }
}
