package io.github.tieredjcache.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A real Redis for a test or an example, on a machine where none is installed.
 *
 * <pre>{@code
 * try (RedisServer redis = RedisServer.start()) {
 *     connectTo(redis.uri());
 *     assertEquals("1", redis.command("DBSIZE"));
 * }
 * }</pre>
 *
 * <p>{@link #start()} takes what there is; {@link #startLocal} always starts a process, which can then be frozen, killed
 * and restarted. A server that was started here is empty, listens on the loopback interface, keeps nothing on disk, and
 * ends with {@link #close()} or at the latest with the virtual machine. Any number run side by side, in one virtual machine
 * or in several.
 *
 * <p>Commands go over a connection of their own each, with the credentials of the URI. They wait 10 seconds at most.
 * Instances may be used by several threads.
 */
public final class RedisServer implements AutoCloseable {

    private final RedisHost host;

    private RedisServer(RedisHost host) {
        this.host = host;
    }

    /**
     * Finds or starts a Redis: the one of the system property {@code redis.server}, see {@link #startLocal}; else the one that the environment variable {@code TIERED_JCACHE_REDIS_URI} names; else a container
     * of {@code redis:7}, if Testcontainers is on the class path and a Docker engine answers; else a process from the program
     * that {@code org.signal:embedded-redis} carries.
     *
     * <p>A server that the variable names is left running by {@link #close()}, and may hold the data of others.
     *
     * @throws IllegalArgumentException if the variable holds no Redis URI
     * @throws IllegalStateException if the server that the variable names does not answer, or none can be started; the
     *     message says why and holds the server's own log
     */
    public static RedisServer start() {
        return start(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    static RedisServer start(Map<String, String> environment, Path home) {
        if (RedisBinary.isNamed()) {
            return startLocal();
        }
        String uri = environment.get(ExternalRedis.VARIABLE);
        if (uri != null && !uri.isBlank()) {
            return new RedisServer(ExternalRedis.at(uri));
        }
        Throwable noContainer = null;
        if (DockerEngine.answers(environment, home)) {
            try {
                return new RedisServer(ContainerRedis.start());
            } catch (LinkageError | RuntimeException e) {
                // No Testcontainers on the class path, or the image cannot be had: the process does as well.
                noContainer = e;
            }
        }
        try {
            return startLocal();
        } catch (RuntimeException e) {
            if (noContainer != null) {
                e.addSuppressed(noContainer);
            }
            throw e;
        }
    }

    /**
     * Starts a Redis 7.0.15 as a process on a free port of 127.0.0.1, whatever the environment says; or another server, such as
     * {@code valkey-9.1}, that the system property {@code redis.server} names and the Maven profile {@code servers} has fetched.
     *
     * @param arguments further command-line arguments, such as {@code "--maxmemory", "10mb"}; they win over the defaults,
     *     which switch persistence off. The port is not theirs to choose. A {@code --requirepass} becomes part of
     *     {@link #uri()}.
     * @throws IllegalStateException if it does not come up; the message holds its log
     */
    public static RedisServer startLocal(String... arguments) {
        return new RedisServer(LocalRedis.start(List.of(arguments)));
    }

    /** Starts a sentinel as a process; see {@link RedisFailover}. */
    static RedisServer startSentinel(String configuration, List<String> arguments) {
        return new RedisServer(LocalRedis.startSentinel(configuration, arguments));
    }

    /** The URI for a client, such as {@code redis://127.0.0.1:24680}; holds the password if there is one. */
    public String uri() {
        return host.address().uri();
    }

    /** The TCP port; the same after {@link #restart()}. */
    public int port() {
        return host.address().port();
    }

    RedisAddress address() {
        return host.address();
    }

    /**
     * Sends one command and returns its answer as text: an integer in decimal, a status such as {@code OK} as it is.
     *
     * @param words the command and its arguments, each sent as UTF-8
     * @return null if Redis answers nil
     * @throws IllegalStateException if Redis answers with an error, which the message repeats, or with a list
     * @throws java.io.UncheckedIOException if Redis cannot be reached or does not answer in time
     */
    public @Nullable String command(String... words) {
        return text(call(words));
    }

    /**
     * Sends one command and returns its answer as a number, such as that of {@code DBSIZE} or {@code EXISTS}.
     *
     * @throws IllegalStateException as {@link #command}, and if the answer is no integer
     * @throws java.io.UncheckedIOException as {@link #command}
     */
    public long number(String... words) {
        if (call(words) instanceof Long number) {
            return number;
        }
        throw new IllegalStateException("Redis did not answer " + words[0] + " with an integer");
    }

    /**
     * Returns a number that INFO reports, such as {@code used_memory} of the section {@code memory}.
     *
     * @throws IllegalStateException as {@link #command}, and if there is no such field
     * @throws java.io.UncheckedIOException as {@link #command}
     */
    public long info(String section, String field) {
        return String.valueOf(command("INFO", section))
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.substring(field.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("INFO " + section + " has no " + field));
    }

    /**
     * Sends one command and returns its answer as a list, such as that of {@code KEYS} or {@code MGET}; lists within the list
     * are flattened, and nil is null.
     *
     * @throws IllegalStateException as {@link #command}, and if the answer is no list
     * @throws java.io.UncheckedIOException as {@link #command}
     */
    public List<@Nullable String> list(String... words) {
        if (call(words) instanceof List<?> elements) {
            List<@Nullable String> flat = new ArrayList<>();
            flatten(elements, flat);
            return flat;
        }
        throw new IllegalStateException("Redis did not answer " + words[0] + " with a list");
    }

    /**
     * Sends one command of raw bytes and returns the raw bytes of its answer: for values that are no text.
     *
     * @return null if Redis answers nil
     * @throws IllegalStateException as {@link #command}, and if the answer is no string
     * @throws java.io.UncheckedIOException as {@link #command}
     */
    public byte @Nullable [] bytes(byte[]... words) {
        try (RespConnection connection = RespConnection.open(host.address(), RespConnection.TIMEOUT)) {
            Object reply = connection.call(words);
            if (reply != null && !(reply instanceof byte[])) {
                throw new IllegalStateException(
                        "Redis did not answer " + new String(words[0], UTF_8) + " with a string");
            }
            return (byte[]) reply;
        }
    }

    private @Nullable Object call(String... words) {
        try (RespConnection connection = RespConnection.open(host.address(), RespConnection.TIMEOUT)) {
            return connection.call(words);
        }
    }

    private static void flatten(List<?> elements, List<@Nullable String> flat) {
        for (Object element : elements) {
            if (element instanceof List<?> nested) {
                flatten(nested, flat);
            } else {
                flat.add(text(element));
            }
        }
    }

    static @Nullable String text(@Nullable Object reply) {
        if (reply == null) {
            return null;
        }
        if (reply instanceof byte[] bytes) {
            return new String(bytes, UTF_8);
        }
        if (reply instanceof Long number) {
            return number.toString();
        }
        if (reply instanceof RespConnection.ErrorReply error) {
            return error.message();
        }
        throw new IllegalStateException("Redis answered with a list, not with text");
    }

    /**
     * Freezes the process (SIGSTOP) and returns once it is stopped: connections stay open and new ones are even accepted,
     * but nothing is answered.
     *
     * @throws UnsupportedOperationException if this is no process of ours
     * @throws IllegalStateException if the process is not running
     */
    public void pause() {
        local("pause").pause();
    }

    /**
     * Resumes a frozen process (SIGCONT); it then answers what was sent to it meanwhile.
     *
     * @throws UnsupportedOperationException if this is no process of ours
     * @throws IllegalStateException if the process is not running
     */
    public void resume() {
        local("resume").resume();
    }

    /**
     * Ends the process at once (SIGKILL), frozen or not, and returns when it is gone; {@link #restart()} brings it back.
     *
     * @throws UnsupportedOperationException if this is no process of ours
     */
    public void kill() {
        local("kill").kill();
    }

    /**
     * Kills the process if it is running, starts another one on the same port with the same arguments, and returns when it
     * answers. It is empty, unless the arguments switched persistence on: the folder of its files is kept.
     *
     * @throws UnsupportedOperationException if this is no process of ours
     * @throws IllegalStateException if it does not come up, or was closed
     */
    public void restart() {
        local("restart").restart();
    }

    private LocalRedis local(String verb) {
        if (host instanceof LocalRedis local) {
            return local;
        }
        throw new UnsupportedOperationException("Cannot " + verb + " " + host.description()
                + ": only a Redis of RedisServer.startLocal() is a process of ours");
    }

    /** Ends the server if it was started here, and deletes its files. Repeated calls change nothing. */
    @Override
    public void close() {
        host.close();
    }

    /** Which Redis this is and where, without its password. */
    @Override
    public String toString() {
        return host.description() + " at " + host.address();
    }
}
