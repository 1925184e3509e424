package io.github.tieredjcache.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** One RESP2 conversation over a plain socket; used by one thread at a time. */
final class RespConnection implements Closeable {

    /** Long enough for a FLUSHALL on a busy machine, short enough to notice that a server is stopped. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final RedisAddress address;
    private final Duration timeout;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private RespConnection(RedisAddress address, Duration timeout, Socket socket) throws IOException {
        this.address = address;
        this.timeout = timeout;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /**
     * Connects, authenticates and selects the database.
     *
     * @param timeout how long to wait for the connection, and for each piece of a reply
     */
    static RespConnection open(RedisAddress address, Duration timeout) {
        Socket socket = new Socket();
        try {
            RespConnection connection = new RespConnection(address, timeout, connect(socket, address, timeout));
            connection.greet();
            return connection;
        } catch (IOException e) {
            closeQuietly(socket);
            throw new UncheckedIOException("Cannot connect to Redis at " + address + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            closeQuietly(socket);
            throw e;
        }
    }

    private static Socket connect(Socket plain, RedisAddress address, Duration timeout) throws IOException {
        int timeoutMillis = Math.toIntExact(timeout.toMillis());
        plain.connect(new InetSocketAddress(address.host(), address.port()), timeoutMillis);
        plain.setSoTimeout(timeoutMillis);
        plain.setTcpNoDelay(true);
        if (!address.tls()) {
            return plain;
        }
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket secured = (SSLSocket) factory.createSocket(plain, address.host(), address.port(), true);
        var parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private void greet() {
        String password = address.password();
        String user = address.user();
        if (password != null && user != null) {
            call("AUTH", user, password);
        } else if (password != null) {
            call("AUTH", password);
        }
        if (address.database() != 0) {
            call("SELECT", Integer.toString(address.database()));
        }
    }

    /** As {@link #call(byte[][])}, with text arguments. */
    @Nullable
    Object call(String... command) {
        byte[][] encoded = new byte[command.length][];
        for (int i = 0; i < command.length; i++) {
            encoded[i] = command[i].getBytes(UTF_8);
        }
        return call(encoded);
    }

    /**
     * Sends one command and waits for its answer.
     *
     * @return {@code byte[]} for text, {@link Long} for an integer, {@code List} for an array, null for nil
     * @throws IllegalStateException if Redis answers with an error
     * @throws UncheckedIOException if it does not answer in time, or the connection ends
     */
    @Nullable
    Object call(byte[][] command) {
        if (command.length == 0) {
            throw new IllegalArgumentException("A command needs at least its name");
        }
        Object reply;
        try {
            out.write(encode(command));
            out.flush();
            reply = read();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Redis at " + address + " did not answer " + name(command) + " within " + timeout.toMillis()
                            + " ms: " + e.getMessage(),
                    e);
        }
        if (reply instanceof ErrorReply error) {
            throw new IllegalStateException("Redis answered '" + error.message() + "' to " + name(command));
        }
        return reply;
    }

    private static String name(byte[][] command) {
        return new String(command[0], UTF_8);
    }

    private static byte[] encode(byte[][] command) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(("*" + command.length + "\r\n").getBytes(UTF_8));
        for (byte[] argument : command) {
            bytes.writeBytes(("$" + argument.length + "\r\n").getBytes(UTF_8));
            bytes.writeBytes(argument);
            bytes.writeBytes(new byte[] {'\r', '\n'});
        }
        return bytes.toByteArray();
    }

    private @Nullable Object read() throws IOException {
        String line = readLine();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+' -> rest.getBytes(UTF_8);
            case '-' -> new ErrorReply(rest);
            case ':' -> Long.valueOf(rest);
            case '$' -> readBulk(Integer.parseInt(rest));
            case '*' -> readList(Integer.parseInt(rest));
            default -> throw new IOException("a reply began with '" + line.charAt(0) + "'");
        };
    }

    private byte @Nullable [] readBulk(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length || in.readNBytes(2).length < 2) {
            throw new EOFException("the connection ended in the middle of a reply");
        }
        return bytes;
    }

    private @Nullable List<@Nullable Object> readList(int size) throws IOException {
        if (size < 0) {
            return null;
        }
        List<@Nullable Object> elements = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            elements.add(read());
        }
        return elements;
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\r'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended");
            }
            line.write(next);
        }
        if (in.read() != '\n' || line.size() == 0) {
            throw new IOException("a reply is not RESP");
        }
        return line.toString(UTF_8);
    }

    @Override
    public void close() {
        closeQuietly(socket);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // The connection is over; there is nothing left to send or report.
        }
    }

    /** An error that Redis answered, alone or as an element of an array. */
    record ErrorReply(String message) {}
}
