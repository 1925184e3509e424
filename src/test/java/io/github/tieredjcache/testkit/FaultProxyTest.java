package io.github.tieredjcache.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client and a server see of each other through the proxy, and that nothing is left of it. */
class FaultProxyTest {
    private static final RedisServer REDIS = RedisServer.startLocal();
    private static final String PING = "PING\r\n";
    private static final String PONG = "+PONG\r\n";
    private static final int SOON_MILLIS = 200;

    private final FaultProxy proxy = FaultProxy.inFrontOf(REDIS);
    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void closesAndLeavesNothing() throws IOException {
        proxy.close();
        for (Socket each : sockets) {
            each.close();
        }
        assertTrue(
                Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(each -> each.getName().startsWith("fault-proxy")),
                "a thread is left");
        Crew.until(() -> REDIS.command("CLIENT", "LIST").lines().count() == 1);
    }

    @AfterAll
    static void closesTheServer() {
        REDIS.close();
    }

    @Test
    void theUriHasTheServersCredentialsAndDatabase() {
        try (RedisServer guarded = RedisServer.startLocal("--requirepass", "s3cret");
                FaultProxy guard = FaultProxy.inFrontOf(guarded.uri() + "/3")) {
            assertEquals("redis://:s3cret@127.0.0.1:" + guard.port() + "/3", guard.uri());
            assertFalse(guard.toString().contains("s3cret"), guard.toString());
            RedisAddress address = RedisAddress.parse(guard.uri(), "the test");
            try (RespConnection connection = RespConnection.open(address, RespConnection.TIMEOUT)) {
                connection.call("SET", "key", "value");
            }
            assertTrue(String.valueOf(guarded.command("INFO", "keyspace")).contains("db3:keys=1"));
        }
        try (FaultProxy named = FaultProxy.inFrontOf("redis://user:p%40ss@host.invalid:1234?timeout=1s")) {
            assertEquals("redis://user:p%40ss@127.0.0.1:" + named.port() + "?timeout=1s", named.uri());
        }
    }

    @Test
    void manyBytesPassUnchanged() {
        String value = "0123456789abcdef\r\n$3\r\n".repeat(250_000);
        RedisAddress address = RedisAddress.parse(proxy.uri(), "the test");
        try (RespConnection connection = RespConnection.open(address, RespConnection.TIMEOUT)) {
            connection.call("SET", "big", value);
            assertEquals(value, RedisServer.text(connection.call("GET", "big")));
        }
    }

    @Test
    void heldBytesPassUnchangedPieceByPiece() throws Exception {
        String value = "0123456789abcdef\r\n$3\r\n".repeat(250_000);
        RedisAddress address = RedisAddress.parse(proxy.uri(), "the test");
        try (RespConnection connection = RespConnection.open(address, RespConnection.TIMEOUT)) {
            proxy.toServer().hold();
            // More than the socket of any server takes at once.
            Crew.Member<Object> asking = Crew.start(() -> {
                connection.call("SET", "big", value);
                return connection.call("GET", "big");
            });
            long held = System.nanoTime() + Duration.ofMillis(300).toNanos();
            Crew.until(() -> System.nanoTime() - held > 0);
            proxy.toServer().forward();
            assertEquals(value, RedisServer.text(asking.result()));
        }
    }

    @Test
    void heldRequestsArriveOnceForwarded() throws IOException {
        REDIS.command("DEL", "counter");
        Socket before = connect();
        proxy.toServer().hold();
        Socket after = connect();
        send(before, "INCR counter\r\n");
        send(after, "INCR counter\r\n");
        assertSilent(before);
        assertSilent(after);
        assertEquals(0, REDIS.number("EXISTS", "counter"));
        proxy.toServer().forward();
        assertEquals(3, receive(before, 4).charAt(1) + receive(after, 4).charAt(1) - 2 * '0');
    }

    @Test
    void heldRepliesArriveOnceForwarded() throws IOException {
        Socket socket = connect();
        proxy.fromServer().hold();
        send(socket, "SET answered yes\r\n");
        Crew.until(() -> "yes".equals(REDIS.command("GET", "answered")));
        send(socket, PING);
        assertSilent(socket);
        proxy.fromServer().forward();
        assertEquals("+OK\r\n" + PONG, receive(socket, 12));
    }

    @Test
    void theCloseOfAConnectionIsHeldLikeItsBytes() throws IOException {
        Socket socket = connect();
        send(socket, PING);
        assertEquals(PONG, receive(socket, 7));
        proxy.toServer().hold();
        socket.close();
        // The connection that asks is the other one.
        assertEquals(2, REDIS.command("CLIENT", "LIST").lines().count());
        assertEquals(1, proxy.connections());
        proxy.toServer().forward();
        Crew.until(() -> REDIS.command("CLIENT", "LIST").lines().count() == 1);
        Crew.until(() -> proxy.connections() == 0);
    }

    @Test
    void droppedBytesNeverArriveAndTheirConnectionIsBroken() throws IOException {
        REDIS.command("DEL", "dropped", "held");
        Socket damaged = connect();
        Socket idle = connect();
        send(idle, PING);
        assertEquals(PONG, receive(idle, 7));
        proxy.toServer().hold();
        send(damaged, "SET held yes\r\n");
        assertSilent(damaged);
        proxy.toServer().drop();
        send(damaged, "SET dropped yes\r\n");
        assertSilent(damaged);
        proxy.toServer().forward();
        assertReset(damaged);
        assertEquals(0, REDIS.number("EXISTS", "dropped", "held"));
        send(idle, PING);
        assertEquals(PONG, receive(idle, 7));
    }

    @Test
    void eachDirectionHasItsOwnDelay() throws IOException {
        Socket socket = connect();
        proxy.toServer().delay(Duration.ofMillis(100));
        proxy.fromServer().delay(Duration.ofMillis(100));
        long sentNanos = System.nanoTime();
        send(socket, PING);
        assertEquals(PONG, receive(socket, 7));
        assertTrue(System.nanoTime() - sentNanos >= TimeUnit.MILLISECONDS.toNanos(200));
    }

    @Test
    void delayedBytesAreNotOvertaken() throws IOException {
        Socket socket = connect();
        proxy.fromServer().delay(Duration.ofMillis(SOON_MILLIS + 100));
        send(socket, PING);
        assertSilent(socket);
        proxy.fromServer().forward();
        send(socket, "ECHO second\r\n");
        assertEquals(PONG + "$6\r\nsecond\r\n", receive(socket, 19));
    }

    @Test
    void bytesThatBecomeDueBeforeTheProxyWaitsAreSentWithoutAnotherEvent() throws IOException {
        Socket socket = connect();
        // Not due when they are read, and due by the time the proxy asks how long to wait.
        proxy.fromServer().delay(Duration.ofNanos(1));
        for (int i = 0; i < 100; i++) {
            send(socket, PING);
            assertEquals(PONG, receive(socket, 7));
        }
    }

    @Test
    void aResetBreaksAllConnectionsAndNewOnesWork() throws IOException {
        Socket one = connect();
        Socket two = connect();
        send(one, PING);
        assertEquals(PONG, receive(one, 7));
        proxy.reset();
        assertReset(one);
        assertReset(two);
        assertEquals(0, proxy.connections());
        Socket three = connect();
        send(three, PING);
        assertEquals(PONG, receive(three, 7));
    }

    @Test
    void aReplyCanBeCutInTheMiddle() throws IOException {
        Socket socket = connect();
        proxy.fromServer().resetAfter(9);
        send(socket, PING);
        send(socket, "ECHO cut\r\n");
        assertEquals(PONG + "$3", receive(socket, 9));
        assertReset(socket);
        Socket next = connect();
        send(next, PING + PING);
        assertEquals(PONG + PONG, receive(next, 14));
    }

    @Test
    void refusalAffectsNewConnectionsOnly() throws IOException {
        Socket old = connect();
        send(old, PING);
        assertEquals(PONG, receive(old, 7));
        proxy.refuse();
        assertThrows(ConnectException.class, this::connect);
        send(old, PING);
        assertEquals(PONG, receive(old, 7));
        proxy.accept();
        Socket young = connect();
        send(young, PING);
        assertEquals(PONG, receive(young, 7));
    }

    @Test
    void oneKindOfPushCanBeDropped() throws IOException {
        Socket socket = connect();
        send(socket, "HELLO 3\r\n");
        Crew.until(() -> received(socket).contains("modules"));
        send(socket, "CLIENT TRACKING ON\r\n");
        assertEquals("+OK\r\n", receive(socket, 5));
        REDIS.command("SET", "tracked", "a");
        proxy.dropPushes("invalidate");
        send(socket, "GET tracked\r\n");
        assertEquals("$1\r\na\r\n", receive(socket, 7));
        REDIS.command("SET", "tracked", "b");
        send(socket, "GET tracked\r\n");
        assertEquals("$1\r\nb\r\n", receive(socket, 7));
        assertEquals(1, proxy.pushesDropped());
        proxy.passPushes();
        REDIS.command("SET", "tracked", "c");
        assertEquals(">2\r\n$10\r\ninvalidate\r\n*1\r\n$7\r\ntracked\r\n", receive(socket, 38));
        proxy.reset();
        assertEquals(1, proxy.pushesDropped());
    }

    @Test
    void pendingCommandsAreCounted() throws IOException {
        String ping = "*1\r\n$4\r\nPING\r\n";
        Socket socket = connect(proxy);
        assertEquals(0, proxy.unansweredMost());
        for (int i = 0; i < 3; i++) {
            send(socket, ping);
            assertEquals(PONG, receive(socket, PONG.length()));
        }
        assertEquals(1, proxy.unansweredMost());
        proxy.toServer().hold();
        send(socket, ping.repeat(5));
        Crew.until(() -> proxy.unansweredMost() == 5);
        proxy.toServer().forward();
        assertEquals(PONG.repeat(5), receive(socket, 5 * PONG.length()));
        send(socket, ping);
        assertEquals(PONG, receive(socket, PONG.length()));
        proxy.reset();
        assertEquals(5, proxy.unansweredMost());
    }

    @Test
    void withoutAServerConnectionsBreak() throws IOException {
        try (RedisServer gone = RedisServer.startLocal();
                FaultProxy before = FaultProxy.inFrontOf(gone);
                FaultProxy nowhere = FaultProxy.inFrontOf("redis://host.invalid")) {
            gone.kill();
            assertReset(connect(before));
            assertReset(connect(nowhere));
            gone.restart();
            Socket socket = connect(before);
            send(socket, PING);
            assertEquals(PONG, receive(socket, 7));
            gone.kill();
            assertEquals(-1, socket.getInputStream().read());
        }
    }

    @Test
    void aClosedProxyThrowsWithTheReason() {
        proxy.close();
        proxy.close();
        var closed = assertThrows(IllegalStateException.class, proxy::reset);
        assertTrue(closed.getMessage().endsWith("is closed"), closed.getMessage());
        assertThrows(ConnectException.class, this::connect);
    }

    @Test
    void invalidArgumentsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> proxy.toServer().delay(Duration.ofMillis(-1)));
        assertThrows(IllegalArgumentException.class, () -> proxy.fromServer().resetAfter(0));
        assertThrows(IllegalArgumentException.class, () -> FaultProxy.inFrontOf("http://host"));
    }

    private Socket connect() throws IOException {
        return connect(proxy);
    }

    private Socket connect(FaultProxy through) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), through.port());
        socket.setSoTimeout((int) RespConnection.TIMEOUT.toMillis());
        sockets.add(socket);
        return socket;
    }

    private static void send(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(UTF_8));
    }

    private static String receive(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), UTF_8);
    }

    private static String received(Socket socket) {
        try {
            byte[] bytes = new byte[10_000];
            int length = socket.getInputStream().read(bytes);
            return new String(Arrays.copyOf(bytes, Math.max(0, length)), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertSilent(Socket socket) throws IOException {
        int before = socket.getSoTimeout();
        socket.setSoTimeout(SOON_MILLIS);
        assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
        socket.setSoTimeout(before);
    }

    private static void assertReset(Socket socket) {
        var broken = assertThrows(
                SocketException.class, () -> socket.getInputStream().read());
        assertTrue(broken.getMessage().contains("reset"), broken.getMessage());
    }
}
