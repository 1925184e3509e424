package io.github.tieredjcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisUrisTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "redis://localhost",
                "redis://localhost:6379",
                "redis://localhost:6379/3",
                "redis://my_redis",
                "rediss://user:p%40ss@my_redis:6379/0",
                "rediss://user:p%40ss@cache.example.com:6380/0",
                "redis://:secret@10.0.0.1",
                "redis://[::1]:6379",
                "redis://localhost?timeout=5s",
                "redis-sentinel://host#mymaster",
                "redis-sentinel://host1:26379,host2,10.0.0.1:26381/3?sentinelMasterId=my-master.1",
                "rediss-sentinel://user:p%40ss@host1,host2?sentinelPassword=p%23ss#mymaster",
                "redis-cluster://host",
                "redis-cluster://host1:7000,host_2,10.0.0.1:7002/0",
                "redis-cluster://[::1]:7003",
                "rediss-cluster://user:p%40ss@host1,host2?timeout=5s"
            })
    void aValidUriBreaksNoRule(String uri) {
        assertNull(RedisUris.brokenRule(uri));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:6379",
                "http://localhost",
                "REDIS//localhost",
                "redis://",
                "redis:localhost",
                "redis://host:0",
                "redis://host:65536",
                "redis://my_redis:65536",
                "redis://my_redis:0",
                "redis://my_redis:port",
                "redis://my_redis/db",
                "redis://my_redis,other",
                "redis://host:port",
                "redis://us er@host",
                "redis://user:se#cret@host",
                "redis://host#1",
                "redis://user:se%zzcret@host",
                "redis:///0",
                "redis-sentinel://host1,host2",
                "redis-sentinel://#mymaster",
                "redis-sentinel://host1,,host2#mymaster",
                "redis-sentinel://host1:0,host2#mymaster",
                "redis-sentinel://host1:65536#mymaster",
                "redis-sentinel://host1/db#mymaster",
                "redis-sentinel://host1#my master",
                "redis-sentinel://host1?sentinelMasterId=",
                "redis-sentinel://:se#cret@host1",
                "redis-cluster://",
                "redis-cluster://host1,,host2",
                "redis-cluster://host1:0,host2",
                "redis-cluster://host1,host2:65536",
                "redis-cluster://host1,host2/1",
                "redis-cluster://host1,host2#mymaster",
                "redis-cluster://us er@host1,host2",
                "redis-cluster://:se#cret@host1",
                "rediss-cluster://host1,host2?verifyPeer=NONE",
                "rediss://host?verifyPeer=NONE",
                "rediss://host?verifyPeer=FULL",
                "rediss://host/0?timeout=5s&VERIFYPEER=ca",
                "rediss://host?timeout=5s;verifypeer=none",
                "rediss://host?%76erifyPeer=NONE"
            })
    void anInvalidUriBreaksARule(String uri) {
        assertNotNull(RedisUris.brokenRule(uri));
    }

    @ParameterizedTest
    @Covers(FaultRow.F103)
    @ValueSource(
            strings = {
                "redis://user:s3cret@host:6379/0",
                "redis://:s3cret@host",
                "redis://user:s3cret@ho st",
                "redis://user:x@s3cret@host",
                "redis://user:s3cret#x@host",
                "redis://user:s3cret/x@host",
                "redis://user:s3cret?x@host",
                "redis://host?password=s3cret",
                "redis://host?password=x@s3cret",
                "redis://user:s3cret",
                "redis://:s3cret:6379",
                "redis://my_user:s3cret@my_redis:6379/0",
                "redis://my_user:s3cret",
                "redis://user:s3cret@my_redis:port",
                "redis://:s3cret#host",
                "user:s3cret//x@host",
                "user:s3cret@host",
                "redis:user:s3cret@host",
                "redis:/user:s3cret@host",
                "redis-sentinel://user:s3cret@host1,host2/0#mymaster",
                "redis-sentinel://host1?sentinelPassword=s3cret#mymaster",
                "redis-sentinel://user:s3cret@host1,host2",
                "redis-sentinel://user:s3cret#x@host1,host2",
                "redis-cluster://user:s3cret@host1,host2/0",
                "redis-cluster://host1,host2?password=s3cret",
                "redis-cluster://user:s3cret@host1,ho st2",
                "redis-cluster://user:s3cret@host1,host2/1",
                "redis-cluster://user:s3cret#x@host1,host2",
                "redis-cluster://user:s3cret"
            })
    void aPasswordIsNeverShown(String uri) {
        assertFalse(RedisUris.withoutPassword(uri).contains("s3cret"), RedisUris.withoutPassword(uri));
    }

    @ParameterizedTest
    @Covers(FaultRow.F103)
    @ValueSource(
            strings = {
                "redis://user:s3cret@ho st",
                "http://user:s3cret@host",
                "redis://user:s3cret#x@host",
                "redis://user:s3cret@host:0",
                "redis://user:s3cret",
                "redis-cluster://user:s3cret@host1,host2/1",
                "redis-cluster://user:s3cret@host1,host2#x",
                "user:s3cret@host"
            })
    void theErrorForAMalformedUriNamesTheSettingAndHidesThePassword(String uri) {
        var fromText = assertThrows(
                IllegalArgumentException.class,
                () -> TieredSettings.from(name -> name.equals("redis.uri") ? uri : null, "a test"));
        var fromCode = assertThrows(
                IllegalArgumentException.class,
                () -> TieredConfiguration.builder(String.class, String.class).redisUri(uri));
        for (IllegalArgumentException refused : new IllegalArgumentException[] {fromText, fromCode}) {
            StringWriter everything = new StringWriter();
            refused.printStackTrace(new PrintWriter(everything));
            assertFalse(everything.toString().contains("s3cret"), refused.getMessage());
            assertNotNull(refused.getMessage());
            assertEquals(0, refused.getMessage().indexOf("redis.uri "), refused.getMessage());
        }
    }

    /** Each password begins with digits, so that a parser can take user and digits for host and port. */
    static Stream<String> nastyPasswords() {
        return Stream.of(
                "12/s3cret", "12@s3cret", "12#s3cret", "12?s3cret", "12%s3cret", "12 s3cret", "12/s3@c?r#et 1%");
    }

    static Stream<Arguments> urisWithNastyPasswords() {
        return nastyPasswords()
                .flatMap(password -> Stream.of("app", "")
                        .flatMap(user -> Stream.of(
                                        "redis://%s:%s@host",
                                        "rediss://%s:%s@host:6379/0",
                                        "redis://%s:%s@host?timeout=5s",
                                        "redis-sentinel://%s:%s@host1,host2#mymaster",
                                        "redis-sentinel://%s:%s@host1/0?sentinelMasterId=mymaster",
                                        "redis-cluster://%s:%s@host1,host2:6380")
                                .map(form -> Arguments.of(form, user, password))));
    }

    @ParameterizedTest
    @Covers(FaultRow.F103)
    @MethodSource("urisWithNastyPasswords")
    void anUnencodedPasswordIsRefusedWithTheCureAndNotShown(String form, String user, String password) {
        String uri = form.formatted(user, password);
        var refused = assertThrows(
                IllegalArgumentException.class,
                () -> TieredSettings.from(name -> name.equals("redis.uri") ? uri : null, "a test"),
                uri);
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.startsWith("redis.uri must "), message);
        assertTrue(message.contains("%2F") || message.contains("%23"), message);
        String shown = message.replaceAll("^.*, was ", "");
        for (String piece : password.split("[/@?# %]", -1)) {
            assertFalse(piece.length() > 1 && shown.contains(piece), message);
        }
    }

    @ParameterizedTest
    @Covers(FaultRow.F103)
    @MethodSource("urisWithNastyPasswords")
    void anEncodedPasswordIsAcceptedAndNotShown(String form, String user, String password) {
        String encoded = URLEncoder.encode(password, UTF_8).replace("+", "%20");
        String uri = form.formatted(user, encoded);
        assertNull(RedisUris.brokenRule(uri));
        assertFalse(RedisUris.withoutPassword(uri).contains(encoded), RedisUris.withoutPassword(uri));
        assertTrue(RedisUris.withoutPassword(uri).contains("://***@host"), RedisUris.withoutPassword(uri));
    }

    @Test
    void hostAndPortAreShown() {
        assertEquals("redis://***@host:6379/0", RedisUris.withoutPassword("redis://user:s3cret@host:6379/0"));
        assertEquals("redis://host:6379", RedisUris.withoutPassword("redis://host:6379"));
        assertEquals("redis://***@my_redis:6379/0", RedisUris.withoutPassword("redis://user:s3cret@my_redis:6379/0"));
        assertEquals(
                "redis-sentinel://***@a:1,b:2/3#mymaster",
                RedisUris.withoutPassword("redis-sentinel://:s3cret@a:1,b:2/3#mymaster"));
        assertEquals(
                "rediss-cluster://***@a:1,b:2/0?***",
                RedisUris.withoutPassword("rediss-cluster://:s3cret@a:1,b:2/0?clientName=x"));
        assertEquals(
                "redis-sentinel://a:1?***#mymaster",
                RedisUris.withoutPassword("redis-sentinel://a:1?sentinelMasterId=mymaster"));
    }
}
