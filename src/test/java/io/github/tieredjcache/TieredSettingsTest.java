package io.github.tieredjcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        assertEquals(Map.of("codec.hmac-keys", "***"), settings.describe());
        assertEquals("{codec.hmac-keys=***}", settings.toString());
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
        assertNull(TieredSettings.NONE.redisUri());
        assertEquals("tiered-jcache", TieredSettings.NONE.namespace());
        assertEquals(Duration.ofMillis(500), TieredSettings.NONE.commandTimeout());
        assertEquals(Duration.ofSeconds(5), TieredSettings.NONE.connectTimeout());
        assertEquals(10_000, TieredSettings.NONE.nearMaximumSize());
        assertEquals(0, TieredSettings.NONE.nearMaximumWeight());
        assertEquals(Duration.ofDays(36_500), TieredSettings.NONE.nearTimeToLive());
        assertEquals(Duration.ofSeconds(2), TieredSettings.NONE.stalenessBound());
        assertEquals(0, TieredSettings.NONE.nearVerifySample());
        assertEquals(List.of(), TieredSettings.NONE.allowedClasses());
        assertNull(TieredSettings.NONE.codecClass());
        assertEquals(Compression.NONE, TieredSettings.NONE.compression());
        assertEquals(4 << 10, TieredSettings.NONE.compressionThresholdBytes());
        assertEquals(List.of(), TieredSettings.NONE.hmacKeys());
        assertEquals(16 << 20, TieredSettings.NONE.maximumValueBytes());
        assertEquals(4 << 10, TieredSettings.NONE.maximumKeyBytes());
        assertEquals(Duration.ofSeconds(5), TieredSettings.NONE.writeLease());
        assertEquals(Duration.ofSeconds(30), TieredSettings.NONE.writeWait());
        assertEquals(Duration.ofSeconds(3), TieredSettings.NONE.loadLease());
        assertEquals(Duration.ofSeconds(1), TieredSettings.NONE.loadWait());
        assertEquals(64, TieredSettings.NONE.maximumConcurrentLoads());
        assertEquals(Duration.ofSeconds(30), TieredSettings.NONE.loadQueueWait());
        assertEquals(Duration.ofDays(36_500), TieredSettings.NONE.loadTimeout());
        assertEquals(Duration.ofDays(36_500), TieredSettings.NONE.loadSoftTimeout());
        assertEquals(Duration.ZERO, TieredSettings.NONE.staleFor());
        assertEquals(0, TieredSettings.NONE.refreshAhead());
        assertEquals("platform", TieredSettings.NONE.loadThreads());
        assertEquals(0, TieredSettings.NONE.expiryJitterPercent());
        assertEquals(0, TieredSettings.NONE.warmKeys());
        assertEquals(Duration.ofMinutes(1), TieredSettings.NONE.warmInterval());
        assertEquals(OutagePolicy.LOCAL, TieredSettings.NONE.outagePolicy());
        assertEquals(Duration.ofMinutes(5), TieredSettings.NONE.outageNearTimeToLive());
        assertEquals(10_000, TieredSettings.NONE.outageJournalKeys());
        assertFalse(TieredSettings.NONE.failoverRepair());
        assertNull(TieredSettings.NONE.tlsCaFile());
        assertNull(TieredSettings.NONE.tlsCertificateFile());
        assertNull(TieredSettings.NONE.tlsKeyFile());
        assertEquals(Map.of(), TieredSettings.NONE.describe());
    }

    @Test
    void everySettingIsParsedFromATextUnderItsName() {
        Map<String, String> texts = Map.ofEntries(
                Map.entry("redis.uri", " redis://localhost "),
                Map.entry("redis.namespace", "shop"),
                Map.entry("redis.tls.ca-file", " /etc/ca.pem "),
                Map.entry("redis.tls.certificate-file", "client.pem"),
                Map.entry("redis.tls.key-file", "client-key.pem"),
                Map.entry("redis.command-timeout", "250ms"),
                Map.entry("redis.connect-timeout", "3s"),
                Map.entry("near.maximum-size", "5"),
                Map.entry("near.maximum-weight", "3GiB"),
                Map.entry("near.time-to-live", "0s"),
                Map.entry("near.staleness-bound", "3s"),
                Map.entry("near.verify-sample", "1000"),
                Map.entry("codec.allowed", "com.shop.Order , com.shop.model.*,com.shop.data.**"),
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
        assertEquals(texts.keySet(), Set.copyOf(TieredSettings.names()));

        TieredSettings settings = TieredSettings.from(texts::get, "a test");

        assertEquals("redis://localhost", settings.redisUri());
        assertEquals("shop", settings.namespace());
        assertEquals("/etc/ca.pem", settings.tlsCaFile());
        assertEquals("client.pem", settings.tlsCertificateFile());
        assertEquals("client-key.pem", settings.tlsKeyFile());
        assertEquals(Duration.ofMillis(250), settings.commandTimeout());
        assertEquals(Duration.ofSeconds(3), settings.connectTimeout());
        assertEquals(5, settings.nearMaximumSize());
        assertEquals(3L << 30, settings.nearMaximumWeight());
        assertEquals(Duration.ZERO, settings.nearTimeToLive());
        assertEquals(Duration.ofSeconds(3), settings.stalenessBound());
        assertEquals(1_000, settings.nearVerifySample());
        assertEquals(List.of("com.shop.Order", "com.shop.model.*", "com.shop.data.**"), settings.allowedClasses());
        assertEquals("com.shop.JsonCodec", settings.codecClass());
        assertEquals(Compression.LZ4, settings.compression());
        assertEquals(1 << 10, settings.compressionThresholdBytes());
        assertEquals(
                List.of(A_KEY, ANOTHER_KEY),
                settings.hmacKeys().stream()
                        .map(key -> Base64.getEncoder().encodeToString(key.getEncoded()))
                        .toList());
        assertEquals(1 << 20, settings.maximumValueBytes());
        assertEquals(128, settings.maximumKeyBytes());
        assertEquals(Duration.ofSeconds(10), settings.writeLease());
        assertEquals(Duration.ofMinutes(1), settings.writeWait());
        assertEquals(Duration.ofSeconds(4), settings.loadLease());
        assertEquals(Duration.ZERO, settings.loadWait());
        assertEquals(7, settings.maximumConcurrentLoads());
        assertEquals(Duration.ofSeconds(2), settings.loadQueueWait());
        assertEquals(Duration.ofSeconds(5), settings.loadTimeout());
        assertEquals(Duration.ofMillis(100), settings.loadSoftTimeout());
        assertEquals(Duration.ofHours(1), settings.staleFor());
        assertEquals(1.5, settings.refreshAhead());
        assertEquals("virtual", settings.loadThreads());
        assertEquals(10, settings.expiryJitterPercent());
        assertEquals(500, settings.warmKeys());
        assertEquals(Duration.ofMinutes(2), settings.warmInterval());
        assertEquals(OutagePolicy.FAIL, settings.outagePolicy());
        assertEquals(Duration.ofMinutes(1), settings.outageNearTimeToLive());
        assertEquals(100, settings.outageJournalKeys());
        assertTrue(settings.failoverRepair());
    }

    @ParameterizedTest
    @Covers(FaultRow.F105)
    @CsvSource({
        "outage.policy,both",
        "outage.journal-keys,0",
        "outage.failover-repair,true",
        "outage.near-time-to-live,-1s",
        "near.verify-sample,-1",
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
        "codec.compression,zip",
        "codec.compression-threshold,0",
        "codec.hmac-keys,c2hvcnQ=",
        "codec.hmac-keys,not base64!",
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
        "load.threads,fibers",
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

        assertEquals(1, merged.nearMaximumSize());
        assertEquals("second", merged.namespace());
        assertEquals(Duration.ofSeconds(7), merged.writeWait());
        assertEquals(code.orElse(properties.orElse(environment)), merged);
    }

    @Test
    void anEmptyRedisUriMeansNoRedisAndOverridesALaterSource() {
        assertNull(one("redis.uri", "").orElse(one("redis.uri", "redis://host")).redisUri());
    }

    @Test
    @Covers(FaultRow.F103)
    void settingsAreShownInOrderAndWithoutPasswords() {
        TieredSettings settings = one("write.wait", "7s").orElse(one("redis.uri", "redis://u:s3cret@host"));
        assertEquals("{redis.uri=redis://***@host, write.wait=7s}", settings.toString());
        assertFalse(settings.describe().toString().contains("s3cret"));
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
        assertEquals("{redis.uri=}", settings.toString());
        assertNull(settings.redisUri());
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
