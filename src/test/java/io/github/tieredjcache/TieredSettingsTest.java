package io.github.tieredjcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TieredSettingsTest {
    private static final String A_KEY =
            Base64.getEncoder().encodeToString("a secret of 32 bytes and no more".getBytes(UTF_8));
    private static final String ANOTHER_KEY = Base64.getEncoder().encodeToString(new byte[64]);

    @Test
    void hmacKeysAreNeverShown() {
        TieredSettings settings = one("codec.hmac-keys", A_KEY);
        assertEquals("***", settings.describe().get("codec.hmac-keys"));
        assertFalse(settings.toString().contains(A_KEY), settings.toString());
        for (String wrong : List.of(A_KEY + ",", A_KEY + ",c2hvcnQ=", A_KEY + "\u00e4", "\"" + A_KEY)) {
            var refused = assertThrows(IllegalArgumentException.class, () -> one("codec.hmac-keys", wrong));
            assertTrue(refused.getMessage().startsWith("codec.hmac-keys must be keys"), refused.getMessage());
            for (Throwable each = refused; each != null; each = each.getCause()) {
                assertFalse(each.toString().contains(A_KEY), each.toString());
            }
        }
    }

    @Test
    void anUnsetSettingHasTheDocumentedDefault() {
        assertEquals("", TieredSettings.NONE.get(TieredSetting.REDIS_URI));
        assertEquals("tiered-jcache", TieredSettings.NONE.get(TieredSetting.REDIS_NAMESPACE));
        assertEquals(Duration.ofMillis(500), TieredSettings.NONE.get(TieredSetting.REDIS_COMMAND_TIMEOUT));
        assertEquals(Duration.ofSeconds(5), TieredSettings.NONE.get(TieredSetting.REDIS_CONNECT_TIMEOUT));
        assertEquals("", TieredSettings.NONE.get(TieredSetting.NODE_NAME));
        assertEquals(10_000, TieredSettings.NONE.get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals(0, TieredSettings.NONE.get(TieredSetting.NEAR_MAXIMUM_WEIGHT));
        assertEquals(Duration.ofDays(36_500), TieredSettings.NONE.get(TieredSetting.NEAR_TIME_TO_LIVE));
        assertEquals(Duration.ofSeconds(2), TieredSettings.NONE.get(TieredSetting.NEAR_STALENESS_BOUND));
        assertEquals(0, TieredSettings.NONE.get(TieredSetting.NEAR_VERIFY_SAMPLE));
        assertEquals(List.of(), TieredSettings.NONE.get(TieredSetting.CODEC_ALLOWED));
        assertTrue(TieredSettings.NONE.get(TieredSetting.CODEC_LEARNING));
        assertEquals(RefusedPolicy.DROP, TieredSettings.NONE.get(TieredSetting.CODEC_REFUSED));
        assertEquals("", TieredSettings.NONE.get(TieredSetting.CODEC_CLASS));
        assertEquals(Compression.NONE, TieredSettings.NONE.get(TieredSetting.CODEC_COMPRESSION));
        assertEquals(4 << 10, TieredSettings.NONE.get(TieredSetting.CODEC_COMPRESSION_THRESHOLD));
        assertEquals(List.of(), TieredSettings.NONE.get(TieredSetting.CODEC_HMAC_KEYS));
        assertEquals(16 << 20, TieredSettings.NONE.get(TieredSetting.CODEC_MAXIMUM_VALUE_SIZE));
        assertEquals(4 << 10, TieredSettings.NONE.get(TieredSetting.CODEC_MAXIMUM_KEY_SIZE));
        assertEquals(Duration.ofSeconds(5), TieredSettings.NONE.get(TieredSetting.WRITE_LEASE));
        assertEquals(Duration.ofSeconds(30), TieredSettings.NONE.get(TieredSetting.WRITE_WAIT));
        assertEquals(Duration.ofSeconds(3), TieredSettings.NONE.get(TieredSetting.LOAD_LEASE));
        assertEquals(Duration.ofSeconds(1), TieredSettings.NONE.get(TieredSetting.LOAD_WAIT));
        assertEquals(64, TieredSettings.NONE.get(TieredSetting.LOAD_MAXIMUM_CONCURRENT));
        assertEquals(Duration.ofSeconds(30), TieredSettings.NONE.get(TieredSetting.LOAD_QUEUE_WAIT));
        assertEquals(Duration.ofDays(36_500), TieredSettings.NONE.get(TieredSetting.LOAD_TIMEOUT));
        assertEquals(Duration.ofDays(36_500), TieredSettings.NONE.get(TieredSetting.LOAD_SOFT_TIMEOUT));
        assertEquals(Duration.ZERO, TieredSettings.NONE.get(TieredSetting.LOAD_STALE_FOR));
        assertEquals(0, TieredSettings.NONE.get(TieredSetting.LOAD_REFRESH_AHEAD));
        assertEquals("platform", TieredSettings.NONE.get(TieredSetting.LOAD_THREADS));
        assertEquals(0, TieredSettings.NONE.get(TieredSetting.EXPIRY_JITTER));
        assertEquals(0, TieredSettings.NONE.get(TieredSetting.WARM_KEYS));
        assertEquals(Duration.ofMinutes(1), TieredSettings.NONE.get(TieredSetting.WARM_INTERVAL));
        assertEquals(OutagePolicy.LOCAL, TieredSettings.NONE.get(TieredSetting.OUTAGE_POLICY));
        assertEquals(Duration.ofMinutes(5), TieredSettings.NONE.get(TieredSetting.OUTAGE_NEAR_TIME_TO_LIVE));
        assertEquals(10_000, TieredSettings.NONE.get(TieredSetting.OUTAGE_JOURNAL_KEYS));
        assertFalse(TieredSettings.NONE.get(TieredSetting.OUTAGE_FAILOVER_REPAIR));
        assertEquals("", TieredSettings.NONE.get(TieredSetting.REDIS_TLS_CA_FILE));
        assertEquals("", TieredSettings.NONE.get(TieredSetting.REDIS_TLS_CERTIFICATE_FILE));
        assertEquals("", TieredSettings.NONE.get(TieredSetting.REDIS_TLS_KEY_FILE));
        for (TieredSetting<?> each : TieredSetting.all()) {
            assertFalse(TieredSettings.NONE.isSet(each), each::name);
            assertEquals("the default", TieredSettings.NONE.origin(each));
        }
    }

    @Test
    void everySettingIsParsedFromATextUnderItsName() {
        Map<String, String> texts = Map.ofEntries(
                Map.entry("redis.uri", " redis://localhost "),
                Map.entry("redis.namespace", "shop"),
                Map.entry("redis.tls.ca-file", " /etc/ca.pem "),
                Map.entry("redis.cluster.partitions", "128"),
                Map.entry("redis.tls.certificate-file", "client.pem"),
                Map.entry("redis.tls.key-file", "client-key.pem"),
                Map.entry("redis.command-timeout", "250ms"),
                Map.entry("redis.connect-timeout", "3s"),
                Map.entry("node.name", " pod/web_3:a@b.c-4711 "),
                Map.entry("near.maximum-size", "5"),
                Map.entry("near.maximum-weight", "3GiB"),
                Map.entry("near.time-to-live", "0s"),
                Map.entry("near.staleness-bound", "3s"),
                Map.entry("near.verify-sample", "1000"),
                Map.entry("load.verify-per-minute", "60"),
                Map.entry("codec.allowed", "com.shop.Order , com.shop.model.*,com.shop.data.**"),
                Map.entry("codec.learning", "Off"),
                Map.entry("codec.refused", " Throw"),
                Map.entry("codec.class", " com.shop.JsonCodec"),
                Map.entry("codec.compression", "LZ4 "),
                Map.entry("codec.compression-threshold", "1KiB"),
                Map.entry("codec.hmac-keys", A_KEY + " , " + ANOTHER_KEY),
                Map.entry("codec.maximum-value-size", "1MiB"),
                Map.entry("codec.maximum-key-size", "128"),
                Map.entry("write.lease", "10s"),
                Map.entry("write.wait", "1m"),
                Map.entry("load.lease", "4s"),
                Map.entry("load.wait", "0s"),
                Map.entry("load.maximum-concurrent", "7"),
                Map.entry("load.queue-wait", "2s"),
                Map.entry("load.timeout", "5s"),
                Map.entry("load.soft-timeout", "100ms"),
                Map.entry("load.stale-for", "1h"),
                Map.entry("load.refresh-ahead", "1.5"),
                Map.entry("load.threads", "virtual"),
                Map.entry("expiry.jitter", "10%"),
                Map.entry("warm.keys", "500"),
                Map.entry("warm.interval", "2m"),
                Map.entry("outage.policy", " FAIL"),
                Map.entry("outage.near-time-to-live", "1m"),
                Map.entry("outage.journal-keys", "100"),
                Map.entry("outage.failover-repair", "ON "));
        assertEquals(
                texts.keySet(),
                TieredSetting.all().stream().map(TieredSetting::name).collect(Collectors.toSet()));

        TieredSettings settings = TieredSettings.from(texts::get, "a test");

        assertEquals("redis://localhost", settings.get(TieredSetting.REDIS_URI));
        assertEquals("shop", settings.get(TieredSetting.REDIS_NAMESPACE));
        assertEquals(128, settings.get(TieredSetting.REDIS_CLUSTER_PARTITIONS));
        assertEquals("/etc/ca.pem", settings.get(TieredSetting.REDIS_TLS_CA_FILE));
        assertEquals("client.pem", settings.get(TieredSetting.REDIS_TLS_CERTIFICATE_FILE));
        assertEquals("client-key.pem", settings.get(TieredSetting.REDIS_TLS_KEY_FILE));
        assertEquals("pod/web_3:a@b.c-4711", settings.get(TieredSetting.NODE_NAME));
        assertEquals(Duration.ofMillis(250), settings.get(TieredSetting.REDIS_COMMAND_TIMEOUT));
        assertEquals(Duration.ofSeconds(3), settings.get(TieredSetting.REDIS_CONNECT_TIMEOUT));
        assertEquals(5, settings.get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals(3L << 30, settings.get(TieredSetting.NEAR_MAXIMUM_WEIGHT));
        assertEquals(Duration.ZERO, settings.get(TieredSetting.NEAR_TIME_TO_LIVE));
        assertEquals(Duration.ofSeconds(3), settings.get(TieredSetting.NEAR_STALENESS_BOUND));
        assertEquals(1_000, settings.get(TieredSetting.NEAR_VERIFY_SAMPLE));
        assertEquals(
                List.of("com.shop.Order", "com.shop.model.*", "com.shop.data.**"),
                settings.get(TieredSetting.CODEC_ALLOWED));
        assertFalse(settings.get(TieredSetting.CODEC_LEARNING));
        assertEquals(RefusedPolicy.THROW, settings.get(TieredSetting.CODEC_REFUSED));
        assertEquals("com.shop.JsonCodec", settings.get(TieredSetting.CODEC_CLASS));
        assertEquals(Compression.LZ4, settings.get(TieredSetting.CODEC_COMPRESSION));
        assertEquals(1 << 10, settings.get(TieredSetting.CODEC_COMPRESSION_THRESHOLD));
        assertEquals(
                List.of(A_KEY, ANOTHER_KEY),
                settings.get(TieredSetting.CODEC_HMAC_KEYS).stream()
                        .map(key -> Base64.getEncoder().encodeToString(key.getEncoded()))
                        .toList());
        assertEquals(1 << 20, settings.get(TieredSetting.CODEC_MAXIMUM_VALUE_SIZE));
        assertEquals(128, settings.get(TieredSetting.CODEC_MAXIMUM_KEY_SIZE));
        assertEquals(Duration.ofSeconds(10), settings.get(TieredSetting.WRITE_LEASE));
        assertEquals(Duration.ofMinutes(1), settings.get(TieredSetting.WRITE_WAIT));
        assertEquals(Duration.ofSeconds(4), settings.get(TieredSetting.LOAD_LEASE));
        assertEquals(Duration.ZERO, settings.get(TieredSetting.LOAD_WAIT));
        assertEquals(7, settings.get(TieredSetting.LOAD_MAXIMUM_CONCURRENT));
        assertEquals(Duration.ofSeconds(2), settings.get(TieredSetting.LOAD_QUEUE_WAIT));
        assertEquals(Duration.ofSeconds(5), settings.get(TieredSetting.LOAD_TIMEOUT));
        assertEquals(Duration.ofMillis(100), settings.get(TieredSetting.LOAD_SOFT_TIMEOUT));
        assertEquals(Duration.ofHours(1), settings.get(TieredSetting.LOAD_STALE_FOR));
        assertEquals(1.5, settings.get(TieredSetting.LOAD_REFRESH_AHEAD));
        assertEquals(60, settings.get(TieredSetting.LOAD_VERIFY_PER_MINUTE));
        assertEquals("virtual", settings.get(TieredSetting.LOAD_THREADS));
        assertEquals(10, settings.get(TieredSetting.EXPIRY_JITTER));
        assertEquals(500, settings.get(TieredSetting.WARM_KEYS));
        assertEquals(Duration.ofMinutes(2), settings.get(TieredSetting.WARM_INTERVAL));
        assertEquals(OutagePolicy.FAIL, settings.get(TieredSetting.OUTAGE_POLICY));
        assertEquals(Duration.ofMinutes(1), settings.get(TieredSetting.OUTAGE_NEAR_TIME_TO_LIVE));
        assertEquals(100, settings.get(TieredSetting.OUTAGE_JOURNAL_KEYS));
        assertTrue(settings.get(TieredSetting.OUTAGE_FAILOVER_REPAIR));
    }

    @ParameterizedTest
    @Covers(FaultRow.F105)
    @CsvSource({
        "outage.policy,both",
        "outage.journal-keys,0",
        "outage.failover-repair,true",
        "outage.near-time-to-live,-1s",
        "near.verify-sample,-1",
        "load.verify-per-minute,601",
        "near.maximum-size,0",
        "near.maximum-size,-1",
        "near.maximum-size,ten",
        "near.maximum-size,99999999999999999999",
        "near.maximum-weight,0",
        "near.maximum-weight,64MB",
        "near.time-to-live,-1s",
        "near.time-to-live,PT-1S",
        "near.time-to-live,36501d",
        "redis.command-timeout,0ms",
        "redis.command-timeout,PT9223372036854775807S",
        "redis.namespace,''",
        "codec.allowed,com..shop",
        "codec.allowed,*",
        "codec.allowed,**",
        "codec.allowed,com.shop.***",
        "codec.allowed,com.shop.Or*",
        "codec.learning,true",
        "codec.compression,zip",
        "codec.compression-threshold,0",
        "codec.hmac-keys,c2hvcnQ=",
        "codec.hmac-keys,not base64!",
        "codec.hmac-keys,''",
        "codec.maximum-value-size,0",
        "codec.maximum-value-size,501MiB",
        "codec.maximum-key-size,9999999999MiB",
        "write.lease,9ms",
        "write.wait,0s",
        "load.timeout,0s",
        "load.refresh-ahead,-1",
        "load.refresh-ahead,101",
        "load.refresh-ahead,NaN",
        "load.refresh-ahead,soon",
        "load.maximum-concurrent,-4294967295",
        "load.threads,fibers",
        "redis.cluster.partitions,-4294967292",
        "redis.cluster.partitions,48",
        "expiry.jitter,10",
        "expiry.jitter,51%",
        "expiry.jitter,-1%",
        "warm.keys,-1",
        "warm.keys,1000001",
        "warm.interval,0s"
    })
    void aTextThatBreaksTheRuleIsRefusedByNameValueAndOrigin(String name, String text) {
        var refused = assertThrows(
                IllegalArgumentException.class,
                () -> TieredSettings.from(asked -> asked.equals(name) ? text : null, "the test's texts"));
        assertTrue(refused.getMessage().startsWith(name + " must "), refused.getMessage());
        assertTrue(refused.getMessage().endsWith("in the test's texts"), refused.getMessage());
    }

    @Test
    void theRefusalOfAnInvalidValueShowsTheValue() {
        var refused = assertThrows(
                IllegalArgumentException.class,
                () -> TieredSettings.from(asked -> asked.equals("near.maximum-size") ? "-1" : null, "a test"));
        assertEquals("near.maximum-size must be positive, was -1 in a test", refused.getMessage());
    }

    @Test
    void theFirstSourceThatHasASettingDeterminesIt() {
        TieredSettings code = one("near.maximum-size", "1");
        TieredSettings properties = one("near.maximum-size", "2").orElse(one("redis.namespace", "second"));
        TieredSettings environment = one("redis.namespace", "third").orElse(one("write.wait", "7s"));

        TieredSettings merged = code.orElse(properties).orElse(environment);

        assertEquals(1, merged.get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals("second", merged.get(TieredSetting.REDIS_NAMESPACE));
        assertEquals(Duration.ofSeconds(7), merged.get(TieredSetting.WRITE_WAIT));
        assertEquals(code.orElse(properties.orElse(environment)), merged);
    }

    @Test
    void theFirstSourceThatBoundsTheNearTierDeterminesItsBound() {
        TieredSettings size = one("near.maximum-size", "1");
        TieredSettings weight = one("near.maximum-weight", "1MiB");

        assertEquals(size, size.orElse(weight));
        assertEquals("the default", size.orElse(weight).origin(TieredSetting.NEAR_MAXIMUM_WEIGHT));
        assertEquals(size, size.orElse(TieredSettings.NONE).orElse(weight));
        assertEquals(size, weight.with(TieredSetting.NEAR_MAXIMUM_SIZE, 1L));
        assertEquals(1 << 20, weight.orElse(size).get(TieredSetting.NEAR_MAXIMUM_WEIGHT));
        assertEquals(
                1 << 20,
                TieredSettings.from(Map.of("near.maximum-size", "1", "near.maximum-weight", "1MiB")::get, "a test")
                        .get(TieredSetting.NEAR_MAXIMUM_WEIGHT));
    }

    @Test
    void anEmptyRedisUriMeansNoRedisAndOverridesALaterSource() {
        assertEquals(
                "",
                one("redis.uri", "").orElse(one("redis.uri", "redis://host")).get(TieredSetting.REDIS_URI));
    }

    @Test
    @Covers(FaultRow.F103)
    void allSettingsAreShownInOrderWithDefaultsAndWithoutPasswords() {
        TieredSettings settings = one("write.wait", "7s").orElse(one("redis.uri", "redis://u:s3cret@host"));
        assertEquals(
                TieredSetting.all().stream().map(TieredSetting::name).toList(),
                List.copyOf(settings.describe().keySet()));
        assertEquals("7s", settings.describe().get("write.wait"));
        assertEquals("500ms", settings.describe().get("redis.command-timeout"));
        assertEquals("36500d", settings.describe().get("load.timeout"));
        assertTrue(settings.toString().startsWith("{redis.uri=redis://***@host, redis.namespace=tiered-jcache, "));
        assertFalse(settings.toString().contains("s3cret"));
    }

    @Test
    void aSettingHasTheOriginOfItsValue() {
        TieredSettings settings = TieredSettings.from(name -> name.equals("write.wait") ? "7s" : null, "a file")
                .orElse(TieredSettings.from(name -> name.startsWith("write.") ? "8s" : null, "another file"));
        assertEquals("a file", settings.origin(TieredSetting.WRITE_WAIT));
        assertEquals("another file", settings.origin(TieredSetting.WRITE_LEASE));
        assertEquals("the default", settings.origin(TieredSetting.LOAD_WAIT));
        assertEquals(
                "the configuration",
                settings.with(TieredSetting.WRITE_WAIT, Duration.ofSeconds(9)).origin(TieredSetting.WRITE_WAIT));
    }

    @Test
    void aListThatIsChangedLaterChangesNoSettings() {
        List<String> classes = new ArrayList<>(List.of("com.shop.Order"));
        TieredSettings settings = TieredSettings.NONE.with(TieredSetting.CODEC_ALLOWED, classes);
        classes.clear();
        assertEquals(List.of("com.shop.Order"), settings.get(TieredSetting.CODEC_ALLOWED));
    }

    @Test
    void anEmptyTextOfAllowedClassesMeansNoneAndOverridesALaterSource() {
        TieredSettings none = one("codec.allowed", " ");
        assertEquals(List.of(), none.orElse(one("codec.allowed", "com.shop.*")).get(TieredSetting.CODEC_ALLOWED));
        assertEquals("", none.describe().get("codec.allowed"));
    }

    @Test
    void aClassNameMayHaveAnyLettersOfJava() {
        List<String> patterns = List.of("de.m\u00fcller.shop.**", "\u5e97.\u6ce8\u6587$Zeile_1");
        assertEquals(patterns, one("codec.allowed", String.join(",", patterns)).get(TieredSetting.CODEC_ALLOWED));
        assertEquals(
                "de.m\u00fcller.Codec",
                one("codec.class", "de.m\u00fcller.Codec").get(TieredSetting.CODEC_CLASS));
    }

    @Test
    void settingsWithTheSameValuesAreEqual() {
        assertEquals(one("write.wait", "60s"), one("write.wait", "1m"));
        assertEquals(
                one("write.wait", "60s").hashCode(), one("write.wait", "1m").hashCode());
        assertNotEquals(one("write.wait", "60s"), one("write.wait", "61s"));
        assertNotEquals(one("write.wait", "30s"), TieredSettings.NONE);
    }

    private static TieredSettings one(String name, String text) {
        return TieredSettings.from(asked -> asked.equals(name) ? text : null, "a test");
    }

    @Test
    void anEmptyRedisUriIsShownAsEmpty() {
        TieredSettings settings = TieredSettings.from(name -> name.equals("redis.uri") ? "" : null, "a test");
        assertTrue(settings.toString().startsWith("{redis.uri=, "), settings.toString());
        assertTrue(settings.isSet(TieredSetting.REDIS_URI));
        assertEquals("", settings.get(TieredSetting.REDIS_URI));
    }

    @Test
    void aTextThatIsNotAUriIsRefusedWithTheRule() {
        for (String each : List.of("localhost", "localhost:6379", "/tmp/redis.sock", "a b")) {
            IllegalArgumentException refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> TieredSettings.from(name -> name.equals("redis.uri") ? each : null, "a test"));
            assertTrue(refused.getMessage().startsWith("redis.uri must "), refused.getMessage());
        }
    }
}
