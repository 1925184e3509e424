package io.github.tieredjcache.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisServerTest {

    private final List<RedisServer> started = new ArrayList<>();

    private RedisServer startLocal(String... arguments) {
        RedisServer server = RedisServer.startLocal(arguments);
        started.add(server);
        return server;
    }

    @AfterEach
    void closeAll() {
        started.forEach(RedisServer::close);
    }

    /** Starts a server, says its process id and waits. */
    static final class Owner {
        private Owner() {}

        public static void main(String[] arguments) throws IOException {
            RedisServer redis = RedisServer.startLocal();
            String processId = String.valueOf(redis.command("INFO", "server"))
                    .lines()
                    .filter(line -> line.startsWith("process_id:"))
                    .findFirst()
                    .orElseThrow();
            System.out.println(processId);
            System.out.println(RedisBinary.extractedFolder().map(Path::toString).orElse(""));
            int unused = System.in.read();
            redis.close();
        }
    }

    @Test
    void aServerEndsWhenItsVirtualMachineIsKilled() throws IOException {
        Process owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader said = owner.inputReader(UTF_8)) {
            String line = String.valueOf(said.readLine());
            assertTrue(line.startsWith("process_id:"), line);
            ProcessHandle server =
                    ProcessHandle.of(Long.parseLong(line.substring(11).strip())).orElseThrow();
            String program = said.readLine();
            owner.destroyForcibly();
            Crew.until(() -> !server.isAlive());
            Crew.until(() -> program.isEmpty() || !Files.exists(Path.of(program)));
        } finally {
            owner.destroyForcibly();
        }
    }

    @Test
    void rawCommandsAreAnswered() {
        RedisServer redis = startLocal();

        assertEquals("redis://127.0.0.1:" + redis.port(), redis.uri());
        assertEquals("OK", redis.command("SET", "greeting", "grüß dich"));
        assertEquals("grüß dich", redis.command("GET", "greeting"));
        assertNull(redis.command("GET", "nothing"));
        assertEquals("1", redis.command("DBSIZE"));
        assertEquals(1, redis.number("EXISTS", "greeting"));
        assertEquals(List.of("greeting"), redis.list("KEYS", "*"));
        assertEquals(Arrays.asList("grüß dich", null), redis.list("MGET", "greeting", "nothing"));
        assertEquals(List.of("0", "greeting"), redis.list("SCAN", "0"));
        byte[] noText = {(byte) 0xFF, 0, '\r', '\n', (byte) 0x80};
        redis.bytes("SET".getBytes(UTF_8), "blob".getBytes(UTF_8), noText);
        assertArrayEquals(noText, redis.bytes("GET".getBytes(UTF_8), "blob".getBytes(UTF_8)));
    }

    @Test
    void anErrorOfRedisIsThrownWithItsMessage() {
        RedisServer redis = startLocal();
        redis.command("SET", "text", "no number");

        var error = assertThrows(IllegalStateException.class, () -> redis.command("INCR", "text"));

        assertEquals("Redis answered 'ERR value is not an integer or out of range' to INCR", error.getMessage());
    }

    @Test
    void aPausedServerAcceptsConnectionsAndRepliesOnceResumed() {
        RedisServer redis = startLocal();
        redis.pause();

        try (RespConnection connection = RespConnection.open(redis.address(), Duration.ofMillis(100))) {
            var error = assertThrows(UncheckedIOException.class, () -> connection.call("PING"));
            assertInstanceOf(SocketTimeoutException.class, error.getCause());
        }

        redis.resume();
        assertEquals("PONG", redis.command("PING"));
    }

    @Test
    void aKilledServerRestartsEmptyOnTheSamePort() {
        RedisServer redis = startLocal();
        int port = redis.port();
        redis.command("SET", "key", "value");
        String firstRun = runId(redis);

        redis.kill();
        assertThrows(UncheckedIOException.class, () -> redis.command("PING"));
        redis.restart();

        assertEquals(port, redis.port());
        assertEquals(0, redis.number("DBSIZE"));
        assertNotEquals(firstRun, runId(redis));
    }

    @Test
    void aServerWithAnAppendOnlyFileRestartsWithItsData() {
        RedisServer redis = startLocal("--appendonly", "yes", "--appendfsync", "always");
        redis.command("SET", "key", "value");

        redis.restart();

        assertEquals("value", redis.command("GET", "key"));
    }

    @Test
    void aPausedServerCanBeKilledAndRestarted() {
        RedisServer redis = startLocal();
        redis.pause();

        redis.restart();

        assertEquals("PONG", redis.command("PING"));
    }

    @Test
    void manyServersCanRunAtOnceIndependently() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<RedisServer>> starts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                starts.add(threads.submit(() -> RedisServer.startLocal()));
            }
            for (Future<RedisServer> start : starts) {
                started.add(start.get());
            }
        } finally {
            threads.shutdown();
        }

        started.get(0).command("SET", "key", "value");

        assertEquals(4, started.stream().map(RedisServer::port).distinct().count());
        for (RedisServer other : started.subList(1, 4)) {
            assertNull(other.command("GET", "key"));
        }
    }

    @Test
    void aClosedServerLeavesNoFiles() {
        RedisServer redis = startLocal();
        Path folder = Path.of(redis.list("CONFIG", "GET", "dir").get(1));
        long process = processId(redis);
        assertTrue(folder.toFile().isDirectory());

        redis.close();
        redis.close();

        assertFalse(folder.toFile().exists());
        assertFalse(ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false));
        assertThrows(IllegalStateException.class, redis::restart);
    }

    @Test
    void aServerThatCannotStartReportsItsOutput() {
        var error = assertThrows(IllegalStateException.class, () -> startLocal("--no-such-setting", "1"));

        assertTrue(error.getMessage().contains("no-such-setting"), error.getMessage());
    }

    @Test
    void aPasswordIsUsedAndInTheUriButNeverShown() {
        RedisServer redis = startLocal("--requirepass", "open-sesame");

        assertEquals("PONG", redis.command("PING"));
        assertEquals("redis://:open-sesame@127.0.0.1:" + redis.port(), redis.uri());
        assertFalse(redis.toString().contains("sesame"), redis.toString());
        redis.kill();
        var error = assertThrows(UncheckedIOException.class, () -> redis.command("PING"));
        assertFalse(error.getMessage().contains("sesame"), error.getMessage());
    }

    @Test
    void theServerThatTheEnvironmentNamesIsUsedAndLeftRunning(@TempDir Path home) {
        RedisServer running = startLocal("--requirepass", "open-sesame");

        RedisServer named = RedisServer.start(Map.of("TIERED_JCACHE_REDIS_URI", running.uri() + "/3"), home);
        named.command("SET", "key", "value");
        assertThrows(UnsupportedOperationException.class, named::kill);
        named.close();

        assertEquals("PONG", running.command("PING"));
        assertEquals(0, running.number("DBSIZE"), "the key is in database 3, not in 0");
    }

    @Test
    void aNamedServerThatDoesNotAnswerIsAnErrorWithoutItsPassword(@TempDir Path home) {
        RedisServer dead = startLocal("--requirepass", "open-sesame");
        dead.kill();
        Map<String, String> environment = Map.of("TIERED_JCACHE_REDIS_URI", dead.uri());

        var error = assertThrows(IllegalStateException.class, () -> RedisServer.start(environment, home));

        assertTrue(error.getMessage().contains("***@127.0.0.1:" + dead.port()), error.getMessage());
        assertFalse(error.getMessage().contains("sesame"), error.getMessage());
    }

    @Test
    void aTextThatIsNoRedisUriIsRefusedWithTheRuleAndWithoutItsPassword(@TempDir Path home) {
        for (String uri :
                List.of("http://:sesame@h", "redis://:sesame@", "redis://:se same@h", "redis://:sesame@h/x")) {
            Map<String, String> environment = Map.of("TIERED_JCACHE_REDIS_URI", uri);
            var error = assertThrows(IllegalArgumentException.class, () -> RedisServer.start(environment, home));
            assertTrue(error.getMessage().startsWith("TIERED_JCACHE_REDIS_URI must look like redis://"), uri);
            assertFalse(error.getMessage().contains("same"), error.getMessage());
        }
    }

    @Test
    void anEngineIsFoundWhereTheEnvironmentNamesOneThatAnswersThePing(@TempDir Path folder) throws Exception {
        var address = UnixDomainSocketAddress.of(folder.resolve("engine.sock"));
        try (ServerSocketChannel engine = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            engine.bind(address);
            Thread answer = new Thread(() -> answerOnePing(engine));
            answer.start();

            assertTrue(DockerEngine.answers(Map.of("DOCKER_HOST", "unix://" + address.getPath()), folder));
            answer.join();
        }
    }

    private static void answerOnePing(ServerSocketChannel engine) {
        try (var connection = engine.accept()) {
            connection.read(ByteBuffer.allocate(256));
            connection.write(ByteBuffer.wrap("HTTP/1.0 200 OK\r\n\r\nOK".getBytes(UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String runId(RedisServer redis) {
        return infoLine(redis, "run_id:");
    }

    private static long processId(RedisServer redis) {
        return Long.parseLong(infoLine(redis, "process_id:"));
    }

    private static String infoLine(RedisServer redis, String name) {
        return String.valueOf(redis.command("INFO", "server"))
                .lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .orElseThrow()
                .substring(name.length());
    }
}
