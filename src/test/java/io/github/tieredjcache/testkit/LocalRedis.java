package io.github.tieredjcache.testkit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A Redis that is a process of ours: in a folder of its own, on the loopback interface, and gone when we are. */
final class LocalRedis implements RedisHost {

    private static final int STARTS_MAX = 10;
    private static final Duration READY_WITHIN = Duration.ofMinutes(2);
    private static final long END_WITHIN_MILLIS = 60_000;
    private static final int POLL_MILLIS = 10;

    /**
     * The ports to choose from lie below the range that systems hand out to outgoing connections. A client that tries to
     * reach a server of ours which is down could otherwise be given the server's own port, connect to itself, and keep
     * {@link #restart} from binding it.
     */
    private static final int PORT_MIN = 10_000;

    private static final int PORT_MAX = 32_000;

    /** A node of a cluster listens on a second port, this much above its first; that one, too, lies below those of outgoing connections. */
    private static final int BUS_OFFSET = 10_000;

    /** Kills the server given, and deletes the folders given, when its input ends, as it does when we are killed. */
    private static final String GUARD = "read unused; kill -9 \"$0\"; rm -rf \"$@\"";

    private final Path folder;
    private final List<String> program;
    private final List<String> arguments;
    private final RedisAddress address;
    private final Thread atExit;
    private Process process;
    private @Nullable Process guard;
    private boolean closed;

    private LocalRedis(
            Path folder, List<String> program, List<String> arguments, RedisAddress address, Process process) {
        this.folder = folder;
        this.program = program;
        this.arguments = arguments;
        this.address = address;
        this.process = process;
        this.guard = guard(process, folder);
        this.atExit = new Thread(this::endAndDelete, "stop Redis at " + address);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * Starts a server on a free port.
     *
     * @param arguments command-line arguments after ours, so that they win
     * @throws IllegalStateException with the server's log if it does not come up
     */
    static LocalRedis start(List<String> arguments) {
        return start(arguments, null);
    }

    /**
     * Starts a sentinel on a free port.
     *
     * @param configuration the lines of its configuration, which it rewrites while it runs
     * @param arguments as in {@link #start}
     */
    static LocalRedis startSentinel(String configuration, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.add("--sentinel");
        return start(all, configuration);
    }

    private static LocalRedis start(List<String> arguments, @Nullable String configuration) {
        Path folder = createFolder();
        try {
            List<String> program = RedisBinary.command();
            if (configuration != null) {
                write(configurationFile(folder), configuration);
            }
            for (int start = 1; start <= STARTS_MAX; start++) {
                // Between finding a port free and the server's bind somebody else may take it: then try another one.
                RedisAddress address = RedisAddress.local(unusedPort(isClustered(arguments)), password(arguments));
                Process process = launch(folder, program, arguments, address);
                if (process != null) {
                    return new LocalRedis(folder, program, arguments, address, process);
                }
            }
            throw new IllegalStateException(
                    "Found no free port for Redis in " + STARTS_MAX + " starts; the last said:\n" + log(folder));
        } catch (RuntimeException e) {
            delete(folder);
            throw e;
        }
    }

    private static @Nullable String password(List<String> arguments) {
        int setting = arguments.lastIndexOf("--requirepass");
        return setting < 0 || setting + 1 == arguments.size() ? null : arguments.get(setting + 1);
    }

    private static boolean isClustered(List<String> arguments) {
        int setting = arguments.lastIndexOf("--cluster-enabled");
        return setting >= 0 && arguments.subList(setting, arguments.size()).contains("yes");
    }

    /** Returns a port on the loopback interface that nobody listens on, below those of outgoing connections. */
    static int unusedPort() {
        return unusedPort(false);
    }

    private static int unusedPort(boolean clustered) {
        for (int attempt = 1; attempt <= 100; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(PORT_MIN, clustered ? PORT_MAX - BUS_OFFSET : PORT_MAX);
            if (isUnused(port) && (!clustered || isUnused(port + BUS_OFFSET))) {
                return port;
            }
        }
        throw new IllegalStateException("No free port among 100 between " + PORT_MIN + " and " + PORT_MAX);
    }

    private static boolean isUnused(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            // Taken; most of the range is not.
            return false;
        }
    }

    /** Starts what ends the server if we are killed, and so cannot; null where there is no shell. */
    private static @Nullable Process guard(Process server, Path folder) {
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", GUARD, Long.toString(server.pid()), folder.toString()));
        RedisBinary.extractedFolder().map(Path::toString).ifPresent(command::add);
        try {
            return new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return null;
        }
    }

    /** Ends the guard before its server ends: another process may get the number of that. */
    private void endGuard() {
        if (guard != null) {
            guard.destroyForcibly();
            hasExitedWithin(guard, END_WITHIN_MILLIS);
            guard = null;
        }
    }

    /** Starts the process and waits until it serves; null if its port was taken meanwhile. */
    private static @Nullable Process launch(
            Path folder, List<String> program, List<String> arguments, RedisAddress address) {
        List<String> command = new ArrayList<>(program);
        if (Files.exists(configurationFile(folder))) {
            command.add(configurationFile(folder).toString());
        }
        command.addAll(List.of("--bind", "127.0.0.1", "--port", Integer.toString(address.port())));
        command.addAll(List.of("--dir", folder.toString(), "--save", "", "--appendonly", "no"));
        command.addAll(RedisBinary.ARGUMENTS);
        command.addAll(RedisBinary.known(arguments));
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(logFile(folder).toFile())
                    .start();
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            if (message.contains("Text file busy")) {
                // A child that another thread just forked still holds the program open for writing, for a moment.
                LockSupport.parkNanos(MILLISECONDS.toNanos(POLL_MILLIS));
                return null;
            }
            throw new UncheckedIOException("Cannot start the Redis program in " + folder + ": " + message, e);
        }
        try {
            return awaitReady(process, folder, address) ? process : null;
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static boolean awaitReady(Process process, Path folder, RedisAddress address) {
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (System.nanoTime() - deadline < 0) {
            if (hasExitedWithin(process, POLL_MILLIS)) {
                String log = log(folder);
                if (log.contains("Address in use") || log.contains("Address already in use")) {
                    return false;
                }
                throw new IllegalStateException("Redis exited with " + process.exitValue() + "; its log:\n" + log);
            }
            if (isServed(process, address)) {
                return true;
            }
        }
        throw new IllegalStateException(
                "Redis at " + address + " was not ready within " + READY_WITHIN + "; its log:\n" + log(folder));
    }

    /** True if it is this very process that answers, not one that took the port before it. */
    private static boolean isServed(Process process, RedisAddress address) {
        try (RespConnection connection = RespConnection.open(address, Duration.ofSeconds(1))) {
            String server = String.valueOf(RedisServer.text(connection.call("INFO", "server")));
            connection.call("PING");
            return server.lines().anyMatch(("process_id:" + process.pid())::equals);
        } catch (RuntimeException e) {
            // Not listening yet, or still loading its data.
            return false;
        }
    }

    /** Stops the process in its tracks, as a frozen machine would: connections stay, nothing answers. */
    synchronized void pause() {
        requireRunning();
        ProcessSignals.stop(process, "Redis at " + address);
    }

    /** Resumes a paused process. */
    synchronized void resume() {
        requireRunning();
        ProcessSignals.resume(process, "Redis at " + address);
    }

    /** Ends the process at once, as kill -9 does, and waits until it is gone. */
    synchronized void kill() {
        endGuard();
        process.destroyForcibly();
        // A killed process is gone in milliseconds, whatever it was doing.
        if (!hasExitedWithin(process, END_WITHIN_MILLIS)) {
            throw new IllegalStateException("Redis at " + address + " survived SIGKILL");
        }
    }

    /** Ends the process and starts another on the same port, in the same folder, with the same arguments. */
    synchronized void restart() {
        if (closed) {
            throw new IllegalStateException("Redis at " + address + " is closed");
        }
        kill();
        for (int start = 1; start <= STARTS_MAX; start++) {
            Process next = launch(folder, program, arguments, address);
            if (next != null) {
                process = next;
                guard = guard(next, folder);
                return;
            }
        }
        throw new IllegalStateException("Port " + address.port() + " was taken while Redis was down:\n" + log(folder));
    }

    private void requireRunning() {
        if (!process.isAlive()) {
            throw new IllegalStateException("Redis at " + address + " is not running");
        }
    }

    private static boolean hasExitedWithin(Process process, long millis) {
        try {
            return process.waitFor(millis, MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for Redis", e);
        }
    }

    private static Path createFolder() {
        try {
            return Files.createTempDirectory("tiered-jcache-redis-");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create a folder for Redis", e);
        }
    }

    private static Path configurationFile(Path folder) {
        return folder.resolve("sentinel.conf");
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }

    private static Path logFile(Path folder) {
        return folder.resolve("redis.log");
    }

    private static String log(Path folder) {
        try {
            return Files.readString(logFile(folder));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    @Override
    public RedisAddress address() {
        return address;
    }

    @Override
    public String description() {
        return RedisBinary.description();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The virtual machine is shutting down, and the hook does the same as we do.
        }
        endAndDelete();
    }

    private void endAndDelete() {
        endGuard();
        process.destroyForcibly();
        hasExitedWithin(process, END_WITHIN_MILLIS);
        delete(folder);
    }

    private static void delete(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            // What is left lies in the system's folder for temporary files.
        }
    }
}
