package io.github.tieredjcache;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One setting: its name, type, default and rule.
 *
 * @param name the name in a configuration file; properties prefix it with {@code tiered-jcache.}
 * @param type the class of the values
 * @param defaultValue the value where no source sets the setting
 * @param parser converts a text to a value; throws {@link IllegalArgumentException} with the rule
 * @param check returns the rule that a value breaks, or null
 * @param formatter converts a value to the text of messages and beans, without secrets
 * @param <T> the type of the values
 */
record Setting<T>(
        String name,
        Class<T> type,
        T defaultValue,
        Function<String, T> parser,
        Function<T, @Nullable String> check,
        Function<T, String> formatter) {

    static final Setting<String> REDIS_URI = new Setting<>(
            "redis.uri", String.class, "", String::strip, RedisUris::brokenRule, RedisUris::withoutPassword);

    static final Setting<String> NAMESPACE = new Setting<>(
            "redis.namespace",
            String.class,
            "tiered-jcache",
            String::strip,
            name -> name.isEmpty() ? "must not be empty" : null,
            Function.identity());

    static final Setting<String> TLS_CA_FILE = file("redis.tls.ca-file");

    static final Setting<String> TLS_CERTIFICATE_FILE = file("redis.tls.certificate-file");

    static final Setting<String> TLS_KEY_FILE = file("redis.tls.key-file");

    static final Setting<Duration> COMMAND_TIMEOUT =
            duration("redis.command-timeout", Duration.ofMillis(500), Duration.ofMillis(1));

    static final Setting<Duration> CONNECT_TIMEOUT =
            duration("redis.connect-timeout", Duration.ofSeconds(5), Duration.ofMillis(1));

    static final Setting<Long> NEAR_MAXIMUM_SIZE = new Setting<>(
            "near.maximum-size",
            Long.class,
            10_000L,
            Setting::wholeNumber,
            size -> size < 1 ? "must be positive" : null,
            String::valueOf);

    static final Setting<Long> NEAR_MAXIMUM_WEIGHT = new Setting<>(
            "near.maximum-weight",
            Long.class,
            0L,
            Sizes::parse,
            bytes -> bytes < 1 ? "must be positive" : null,
            Sizes::show);

    static final Setting<Duration> NEAR_TIME_TO_LIVE = duration("near.time-to-live", Durations.MAX, Duration.ZERO);

    static final Setting<Duration> NEAR_STALENESS_BOUND =
            duration("near.staleness-bound", Duration.ofSeconds(2), Duration.ofSeconds(1));

    static final Setting<Integer> NEAR_VERIFY_SAMPLE = new Setting<>(
            "near.verify-sample",
            Integer.class,
            0,
            text -> (int) Math.min(wholeNumber(text), Integer.MAX_VALUE),
            hits -> hits < 0 || hits > 1_000_000_000 ? "must be between 0 and 1000000000" : null,
            String::valueOf);

    static final Setting<List<String>> CODEC_ALLOWED = new Setting<>(
            "codec.allowed",
            listOfStrings(),
            List.of(),
            text -> List.of(text.strip().split("\\s*,\\s*")),
            names -> names.stream().allMatch(name -> name.matches("[\\w$]+(\\.[\\w$]+)*(\\.\\*{1,2})?"))
                    ? null
                    : "must be class names (com.shop.Order), packages (com.shop.*) or package trees (com.shop.**)",
            names -> String.join(",", names));

    static final Setting<String> CODEC_CLASS = new Setting<>(
            "codec.class",
            String.class,
            "",
            String::strip,
            name -> name.isEmpty() || name.matches("[\\w$]+(\\.[\\w$]+)*")
                    ? null
                    : "must be the name of a class (com.shop.JsonCodec)",
            Function.identity());

    static final Setting<Compression> CODEC_COMPRESSION = new Setting<>(
            "codec.compression",
            Compression.class,
            Compression.NONE,
            Setting::compression,
            compression -> null,
            compression -> compression.name().toLowerCase(Locale.ROOT));

    static final Setting<Integer> CODEC_COMPRESSION_THRESHOLD = bytes("codec.compression-threshold", 4 << 10);

    static final Setting<String> CODEC_HMAC_KEYS = new Setting<>(
            "codec.hmac-keys", String.class, "", String::strip, HmacKeys::brokenRule, HmacKeys::withoutKeys);

    static final Setting<Integer> CODEC_MAXIMUM_VALUE_SIZE = bytes("codec.maximum-value-size", 16 << 20);

    static final Setting<Integer> CODEC_MAXIMUM_KEY_SIZE = bytes("codec.maximum-key-size", 4 << 10);

    static final Setting<Duration> WRITE_LEASE = duration("write.lease", Duration.ofSeconds(5), Duration.ofMillis(10));

    static final Setting<Duration> WRITE_WAIT = duration("write.wait", Duration.ofSeconds(30), Duration.ofMillis(1));

    static final Setting<Duration> LOAD_LEASE = duration("load.lease", Duration.ofSeconds(3), Duration.ofMillis(10));

    static final Setting<Duration> LOAD_WAIT = duration("load.wait", Duration.ofSeconds(1), Duration.ZERO);

    /**
     * The default 64 keeps a source busy and exceeds a usual pool of database connections. It is fewer than the threads
     * of a server, all of which miss at once when Redis becomes unavailable together with its entries.
     */
    static final Setting<Integer> LOAD_MAXIMUM_CONCURRENT = new Setting<>(
            "load.maximum-concurrent",
            Integer.class,
            64,
            text -> (int) Math.min(wholeNumber(text), Integer.MAX_VALUE),
            loads -> loads < 0 || loads > 1_000_000 ? "must be between 0 and 1000000" : null,
            String::valueOf);

    static final Setting<Duration> LOAD_QUEUE_WAIT = duration("load.queue-wait", Duration.ofSeconds(30), Duration.ZERO);

    static final Setting<Duration> LOAD_TIMEOUT = duration("load.timeout", Durations.MAX, Duration.ofMillis(1));

    static final Setting<Duration> LOAD_SOFT_TIMEOUT =
            duration("load.soft-timeout", Durations.MAX, Duration.ofMillis(1));

    static final Setting<Duration> LOAD_STALE_FOR = duration("load.stale-for", Duration.ZERO, Duration.ZERO);

    static final Setting<Double> LOAD_REFRESH_AHEAD = new Setting<>(
            "load.refresh-ahead",
            Double.class,
            0.0,
            Setting::number,
            factor -> factor >= 0 && factor <= 100 ? null : "must be between 0 and 100",
            String::valueOf);

    static final Setting<String> LOAD_THREADS = new Setting<>(
            "load.threads",
            String.class,
            "platform",
            String::strip,
            kind -> kind.equals("platform") || kind.equals("virtual") ? null : "must be platform or virtual",
            Function.identity());

    static final Setting<Integer> EXPIRY_JITTER = new Setting<>(
            "expiry.jitter",
            Integer.class,
            0,
            Setting::percentage,
            percent -> percent < 0 || percent > 50 ? "must be between 0% and 50%" : null,
            percent -> percent + "%");

    static final Setting<Integer> WARM_KEYS = new Setting<>(
            "warm.keys",
            Integer.class,
            0,
            text -> (int) Math.min(wholeNumber(text), Integer.MAX_VALUE),
            keys -> keys < 0 || keys > 1_000_000 ? "must be between 0 and 1000000" : null,
            String::valueOf);

    static final Setting<Duration> WARM_INTERVAL =
            duration("warm.interval", Duration.ofMinutes(1), Duration.ofSeconds(1));

    static final Setting<OutagePolicy> OUTAGE_POLICY = new Setting<>(
            "outage.policy",
            OutagePolicy.class,
            OutagePolicy.LOCAL,
            Setting::outagePolicy,
            policy -> null,
            policy -> policy.name().toLowerCase(Locale.ROOT));

    static final Setting<Duration> OUTAGE_NEAR_TIME_TO_LIVE =
            duration("outage.near-time-to-live", Duration.ofMinutes(5), Duration.ZERO);

    static final Setting<Integer> OUTAGE_JOURNAL_KEYS = new Setting<>(
            "outage.journal-keys",
            Integer.class,
            10_000,
            text -> (int) Math.min(wholeNumber(text), Integer.MAX_VALUE),
            keys -> keys < 1 || keys > 10_000_000 ? "must be between 1 and 10000000" : null,
            String::valueOf);

    static final Setting<Boolean> OUTAGE_FAILOVER_REPAIR = new Setting<>(
            "outage.failover-repair",
            Boolean.class,
            false,
            Setting::onOrOff,
            repairs -> null,
            repairs -> repairs ? "on" : "off");

    static final List<Setting<?>> ALL = List.of(
            REDIS_URI,
            NAMESPACE,
            TLS_CA_FILE,
            TLS_CERTIFICATE_FILE,
            TLS_KEY_FILE,
            COMMAND_TIMEOUT,
            CONNECT_TIMEOUT,
            NEAR_MAXIMUM_SIZE,
            NEAR_MAXIMUM_WEIGHT,
            NEAR_TIME_TO_LIVE,
            NEAR_STALENESS_BOUND,
            NEAR_VERIFY_SAMPLE,
            CODEC_ALLOWED,
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
            LOAD_THREADS,
            EXPIRY_JITTER,
            WARM_KEYS,
            WARM_INTERVAL,
            OUTAGE_POLICY,
            OUTAGE_NEAR_TIME_TO_LIVE,
            OUTAGE_JOURNAL_KEYS,
            OUTAGE_FAILOVER_REPAIR);

    /** Returns the value if it obeys the rule; throws {@link IllegalArgumentException} if not. */
    T checked(T value, String origin) {
        String broken = check.apply(value);
        if (broken != null) {
            throw new IllegalArgumentException(
                    name + " " + broken + ", was " + formatter.apply(value) + " in " + origin);
        }
        return value;
    }

    /** Returns the value of a text if it obeys the rule; throws {@link IllegalArgumentException} if not. */
    T parse(String text, String origin) {
        T value;
        try {
            value = parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " " + e.getMessage() + ", was '" + text + "' in " + origin, e);
        }
        return checked(value, origin);
    }

    String show(Object value) {
        return formatter.apply(type.cast(value));
    }

    /** A file may exist on one machine only, so its existence is checked where a cache is created, not here. */
    private static Setting<String> file(String name) {
        return new Setting<>(name, String.class, "", String::strip, path -> null, Function.identity());
    }

    private static Setting<Duration> duration(String name, Duration defaultValue, Duration least) {
        return new Setting<>(
                name,
                Duration.class,
                defaultValue,
                Durations::parse,
                value -> value.compareTo(least) < 0 || value.compareTo(Durations.MAX) > 0
                        ? "must be between " + Durations.show(least) + " and " + Durations.show(Durations.MAX)
                        : null,
                Durations::show);
    }

    private static Setting<Integer> bytes(String name, int defaultValue) {
        return new Setting<>(
                name,
                Integer.class,
                defaultValue,
                text -> (int) Math.min(Sizes.parse(text), Integer.MAX_VALUE),
                // Redis refuses strings over 512 MB, and the stored value has a header.
                value -> value < 1 || value > 500 << 20 ? "must be between 1 and 500MiB" : null,
                bytes -> Sizes.show(bytes));
    }

    private static long wholeNumber(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number", e);
        }
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a number such as 1 or 1.5", e);
        }
    }

    private static int percentage(String text) {
        String stripped = text.strip();
        if (!stripped.matches("\\d{1,4}\\s*%")) {
            throw new IllegalArgumentException("must be a percentage such as 10%");
        }
        return Integer.parseInt(stripped.substring(0, stripped.length() - 1).strip());
    }

    private static Compression compression(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "none" -> Compression.NONE;
            case "lz4" -> Compression.LZ4;
            default -> throw new IllegalArgumentException("must be none or lz4");
        };
    }

    private static OutagePolicy outagePolicy(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "local" -> OutagePolicy.LOCAL;
            case "fail" -> OutagePolicy.FAIL;
            default -> throw new IllegalArgumentException("must be local or fail");
        };
    }

    private static boolean onOrOff(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException("must be on or off");
        };
    }

    @SuppressWarnings("unchecked")
    private static Class<List<String>> listOfStrings() {
        // A class literal cannot express List<String>; parser and builder create no other lists.
        return (Class<List<String>>) (Class<?>) List.class;
    }
}
