package io.github.tieredjcache.internal.remote.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server lacks, by its reply to HELLO. */
class ServerHandshakeTest {
    @ParameterizedTest
    @ValueSource(strings = {"6.2.0", "6.2.11", "6.9.240"})
    void redis62DelaysScriptLoadWhileWritesArePaused(String version) {
        assertEquals(
                "is Redis " + version
                        + ", which delays SCRIPT LOAD while writes are paused: no node can connect during the pause; Redis 7.0"
                        + " or later, and Valkey, do not delay it",
                ServerHandshake.lack(hello("server", "redis", "version", version)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"5.0.3", "6.0.16"})
    void anOlderRedisStoresNoExpiry(String version) {
        assertEquals(
                "is Redis " + version
                        + ", which has no SET with PXAT: no value with an expiry can be stored; caches need Redis 6.2 or later, or"
                        + " Valkey",
                ServerHandshake.lack(hello("server", "redis", "version", version)));
    }

    @ParameterizedTest
    @CsvSource({
        "redis, 7.0.0",
        "redis, 7.2.4",
        "redis, 8.0.2",
        "redis, 10.0.0",
        "valkey, 8.0.1",
        "valkey, 9.1.2",
        "another, 1.2.3",
        "redis, ''",
        "redis, 6",
        "redis, new",
        "redis, 99999999999.9.9"
    })
    void othersLackNothing(String server, String version) {
        assertNull(ServerHandshake.lack(hello("server", server, "version", version)));
    }

    @Test
    void aServerThatDoesNotReportItsVersionLacksNothing() {
        assertNull(ServerHandshake.lack(List.of()));
        assertNull(ServerHandshake.lack(hello("server", "redis")));
        assertNull(ServerHandshake.lack(hello("version", "6.2.11")));
    }

    private static List<@Nullable Object> hello(String... namesAndValues) {
        List<@Nullable Object> reply = new ArrayList<>();
        for (String each : namesAndValues) {
            reply.add(each.getBytes(US_ASCII));
        }
        return reply;
    }
}
