package io.github.tieredjcache.integration.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.CertificateAuthority;
import io.github.tieredjcache.testkit.CertificateAuthority.Identity;
import io.github.tieredjcache.testkit.TlsRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server is used only if its certificate is valid; a refused one is an outage with its reason, and never used without TLS. */
class TlsIT {
    private static final String PASSWORD = "s3cret";
    private static final String HOST = "127.0.0.1";
    /** As long as a busy machine may take; a refusal needs no waiting. */
    private static final Duration PATIENT = Duration.ofSeconds(30);
    /** For a server that says nothing. */
    private static final Duration BRIEF = Duration.ofSeconds(3);

    @TempDir
    private Path folder;

    private CertificateAuthority authority;

    @BeforeEach
    void makesAnAuthority() {
        authority = CertificateAuthority.in(folder, "authority");
    }

    @Test
    void aServerWithAValidCertificateServesAndInvalidates() {
        try (TlsRedis redis = server(authority.issue("server", HOST, "localhost"));
                Node one = node("localhost", redis.port());
                Node two = node(HOST, redis.port())) {
            Cache<String, String> here = one.cache("cache", String.class, String.class, this::trusting);
            Cache<String, String> there = two.cache(
                    "cache",
                    String.class,
                    String.class,
                    settings -> trusting(settings).statistics(true));
            here.put("key", "old");
            Crew.until(() -> {
                assertEquals("old", there.get("key"));
                return there.unwrap(TierStatistics.class).nearHits() > 0;
            });
            here.put("key", "new");
            Crew.until(() -> "new".equals(there.get("key")));
            assertTrue(here.iterator().hasNext());

            redis.plain().number("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            Crew.until(() -> succeeds(() -> here.put("key", "newer")));
            Crew.until(() -> succeeds(() -> assertEquals("newer", there.get("key"))));
            here.put("key", "newest");
            Crew.until(() -> succeeds(() -> assertEquals("newest", there.get("key"))));
        }
    }

    @Test
    void aReplacedCertificateIsUsedByTheNextConnection() throws IOException {
        CertificateAuthority successor = CertificateAuthority.in(folder, "successor");
        Path trusted = Files.copy(authority.certificate(), folder.resolve("trusted.pem"));
        Identity shown = authority.issue("server", HOST);
        try (TlsRedis redis = server(shown);
                Node node = node(HOST, redis.port())) {
            Cache<String, String> cache =
                    node.cache("cache", String.class, String.class, settings -> settings.tlsCaFile(trusted));
            cache.put("key", "old");
            Identity next = successor.issue("next", HOST);
            Files.copy(next.certificate(), shown.certificate(), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(next.key(), shown.key(), StandardCopyOption.REPLACE_EXISTING);
            // The server reads both files again.
            String file = shown.certificate().toString();
            redis.plain().command("CONFIG", "SET", "tls-cert-file", file);
            Files.write(trusted, Files.readAllBytes(successor.certificate()));
            redis.plain().number("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            Crew.until(() -> succeeds(() -> cache.put("key", "new")));
        }
    }

    @Test
    @Covers(FaultRow.F102)
    void aCertificateForAnotherNameIsRefused() {
        try (TlsRedis redis = server(authority.issue("server", "elsewhere.example", "127.0.0.2"))) {
            refused(
                    redis,
                    node(HOST, redis.port()),
                    this::trusting,
                    "TLS failed: No subject alternative names matching");
        }
    }

    @Test
    @Covers(FaultRow.F102)
    void aServerWhoseCertificateHasExpiredIsRefused() {
        try (TlsRedis redis = server(authority.issue("server", Instant.now().minusSeconds(60), HOST))) {
            refused(redis, node(HOST, redis.port()), this::trusting, "is not valid now (NotAfter");
        }
    }

    @Test
    @Covers(FaultRow.F102)
    void aSelfSignedCertificateIsRefused() {
        CertificateAuthority stranger = CertificateAuthority.in(folder, "stranger");
        try (TlsRedis redis = server(stranger.issue("server", HOST))) {
            refused(redis, node(HOST, redis.port()), this::trusting, "is signed by no trusted authority");
        }
    }

    @Test
    void withoutASettingTheAuthoritiesOfTheJvmAreTrusted() {
        try (TlsRedis redis = server(authority.issue("server", HOST))) {
            refused(redis, node(HOST, redis.port()), settings -> settings, "add its authority to redis.tls.ca-file");
        }
    }

    @Test
    void aServerWithoutTlsIsRefusedWhereTlsIsConfigured() {
        try (TlsRedis redis = server(authority.issue("server", HOST))) {
            refused(
                    redis,
                    node(HOST, redis.plain().port()),
                    settings -> trusting(settings).with(TieredSetting.REDIS_CONNECT_TIMEOUT, BRIEF),
                    "TLS failed: the handshake timed out");
        }
    }

    @Test
    void aServerWithTlsIsUnavailableWithoutTls() {
        try (TlsRedis redis = server(authority.issue("server", HOST))) {
            Node node = new Node("redis://:" + PASSWORD + "@" + HOST + ":" + redis.port());
            refused(redis, node, settings -> settings, "onnection");
        }
    }

    @Test
    void aServerThatRequiresAClientCertificateGetsIt() {
        Identity mine = authority.issue("client");
        try (TlsRedis redis = TlsRedis.start(authority.issue("server", HOST), authority, true);
                Node node = node(HOST, redis.port())) {
            Cache<String, String> cache = node.cache(
                    "cache",
                    String.class,
                    String.class,
                    settings -> trusting(settings)
                            .with(
                                    TieredSetting.REDIS_TLS_CERTIFICATE_FILE,
                                    mine.certificate().toString())
                            .with(TieredSetting.REDIS_TLS_KEY_FILE, mine.key().toString()));
            cache.put("key", "value");
            assertTrue(cache.containsKey("key"));
        }
    }

    @Test
    void aServerThatRequiresAClientCertificateRefusesAClientWithoutOne() {
        try (TlsRedis redis =
                TlsRedis.start(authority.issue("server", HOST), authority, true, "--requirepass", PASSWORD)) {
            refused(redis, node(HOST, redis.port()), this::trusting, "Received fatal alert");
        }
    }

    @Test
    void aServerThatRequiresAClientCertificateRefusesOneOfAnotherAuthority() {
        Identity mine = CertificateAuthority.in(folder, "stranger").issue("client");
        try (TlsRedis redis =
                TlsRedis.start(authority.issue("server", HOST), authority, true, "--requirepass", PASSWORD)) {
            refused(
                    redis,
                    node(HOST, redis.port()),
                    settings -> trusting(settings)
                            .with(
                                    TieredSetting.REDIS_TLS_CERTIFICATE_FILE,
                                    mine.certificate().toString())
                            .with(TieredSetting.REDIS_TLS_KEY_FILE, mine.key().toString()),
                    "Received fatal alert");
        }
    }

    private TlsRedis server(Identity identity) {
        return TlsRedis.start(identity, authority, false, "--requirepass", PASSWORD);
    }

    private static Node node(String host, int port) {
        return new Node("rediss://:" + PASSWORD + "@" + host + ":" + port);
    }

    private TieredConfiguration.Builder<String, String> trusting(TieredConfiguration.Builder<String, String> settings) {
        return settings.tlsCaFile(authority.certificate());
    }

    /** The caches follow their policies, one line has the reason, and Redis received no command. */
    private static void refused(
            TlsRedis redis,
            Node unclosed,
            UnaryOperator<TieredConfiguration.Builder<String, String>> settings,
            String why) {
        try (LogLines log = new LogLines();
                Node node = unclosed) {
            Cache<String, String> failing = node.cache(
                    "failing",
                    String.class,
                    String.class,
                    builder -> settings.apply(builder.with(TieredSetting.REDIS_CONNECT_TIMEOUT, PATIENT)));
            Cache<String, String> local = node.cache(
                    "local",
                    String.class,
                    String.class,
                    builder -> settings.apply(builder.with(TieredSetting.REDIS_CONNECT_TIMEOUT, PATIENT))
                            .outagePolicy(OutagePolicy.LOCAL));
            // The reason that comes with an attempt, not that it takes long.
            Crew.until(() -> message(failing).contains(why) || pause());
            assertTrue(message(failing).contains("has been unavailable for"), () -> message(failing));
            assertFalse(message(failing).contains(PASSWORD), () -> message(failing));
            assertNull(local.get("key"));
            local.put("key", "value");
            assertEquals("value", local.get("key"));
            assertTrue(failing.unwrap(TierStatistics.class).isRemoteUnavailable());

            List<String> lines = log.lines();
            assertEquals(1, lines.size(), lines::toString);
            assertTrue(lines.get(0).startsWith("WARNING"), lines::toString);
            assertTrue(lines.get(0).contains(why), lines::toString);
            assertFalse(lines.get(0).contains(PASSWORD), lines::toString);
            String commands = String.valueOf(redis.plain().command("INFO", "commandstats"));
            assertFalse(commands.contains("cmdstat_hello") || commands.contains("cmdstat_eval"), commands);
        }
    }

    private static String message(Cache<String, String> failing) {
        return String.valueOf(
                assertThrows(CacheException.class, () -> failing.get("key")).getMessage());
    }

    private static boolean pause() {
        LockSupport.parkNanos(1_000_000);
        return false;
    }

    private static boolean succeeds(Runnable operation) {
        try {
            operation.run();
            return true;
        } catch (CacheException | AssertionError e) {
            return false;
        }
    }
}
