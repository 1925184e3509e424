package io.github.tieredjcache.testkit;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How often a Redis executed each command between two moments, by its own {@code INFO commandstats}. Immutable.
 *
 * <p>Three things to know when asserting on the numbers:
 *
 * <ul>
 *   <li>The server counts for all of its clients. On a Redis that others use at the same time, such as one named by
 *       {@code TIERED_JCACHE_REDIS_URI}, the counts include what they did.
 *   <li>A command that a script calls counts like one that a client sent: an {@code evalsha} that reads and writes is
 *       {@code {evalsha=1, get=1, set=1}}. {@link #without} sets aside what is not of interest, such as the pings of a
 *       heartbeat.
 *   <li>A command that Redis refused before executing it, with a wrong number of arguments for one, does not count.
 * </ul>
 */
public final class CommandCounts {

    private static final String PREFIX = "cmdstat_";

    private final Map<String, Long> calls;

    private CommandCounts(Map<String, Long> calls) {
        this.calls = Collections.unmodifiableMap(calls);
    }

    /**
     * Runs the action and counts the commands that the server executed meanwhile, this method's own left out.
     *
     * <p>The action must not end the server, nor reset its statistics ({@code CONFIG RESETSTAT}).
     *
     * @param action run once, on the calling thread; what it throws is thrown on
     * @throws java.io.UncheckedIOException if the server does not answer
     */
    public static CommandCounts during(RedisServer server, Runnable action) {
        // One connection for both snapshots: the first one's own INFO is then all that has to be taken off the second.
        try (RespConnection connection = RespConnection.open(server.address(), RespConnection.TIMEOUT)) {
            Map<String, Long> before = snapshot(connection);
            action.run();
            Map<String, Long> calls = new TreeMap<>();
            snapshot(connection).forEach((command, total) -> {
                long ours = command.equals("info") ? 1 : 0;
                long count = total - before.getOrDefault(command, 0L) - ours;
                if (count > 0) {
                    calls.put(command, count);
                }
            });
            return new CommandCounts(calls);
        }
    }

    /**
     * Runs the action and counts the commands that some servers executed meanwhile, their counts added up; as {@link
     * #during(RedisServer, Runnable)}.
     *
     * @param action run once, on the calling thread; what it throws is thrown on
     * @throws java.io.UncheckedIOException if a server does not answer
     */
    public static CommandCounts during(List<RedisServer> servers, Runnable action) {
        Map<String, Long> sums = new TreeMap<>();
        if (servers.isEmpty()) {
            action.run();
            return new CommandCounts(sums);
        }
        CommandCounts first = during(
                servers.get(0),
                () -> during(servers.subList(1, servers.size()), action)
                        .calls
                        .forEach((command, count) -> sums.merge(command, count, Long::sum)));
        first.calls.forEach((command, count) -> sums.merge(command, count, Long::sum));
        return new CommandCounts(sums);
    }

    /** Returns what the server has executed since it was started. */
    public static CommandCounts of(RedisServer server) {
        try (RespConnection connection = RespConnection.open(server.address(), RespConnection.TIMEOUT)) {
            return new CommandCounts(snapshot(connection));
        }
    }

    private static Map<String, Long> snapshot(RespConnection connection) {
        Map<String, Long> totals = new TreeMap<>();
        String info = RedisServer.text(connection.call("INFO", "commandstats"));
        if (info != null) {
            // A line reads: cmdstat_get:calls=3,usec=10,...
            info.lines().filter(line -> line.startsWith(PREFIX)).forEach(line -> {
                int colon = line.indexOf(':');
                int equals = line.indexOf('=', colon);
                int comma = line.indexOf(',', equals);
                totals.put(line.substring(PREFIX.length(), colon), Long.valueOf(line.substring(equals + 1, comma)));
            });
        }
        return totals;
    }

    /**
     * How often the command was executed; 0 if it was not.
     *
     * @param command in either case; a subcommand as {@code "client|tracking"}
     */
    public long of(String command) {
        return calls.getOrDefault(command.toLowerCase(Locale.ROOT), 0L);
    }

    /** How many commands were executed in all. */
    public long total() {
        return calls.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The same counts with these commands left out, each given as for {@link #of}. */
    public CommandCounts without(String... commands) {
        Set<String> left = Stream.of(commands)
                .map(command -> command.toLowerCase(Locale.ROOT))
                .collect(toUnmodifiableSet());
        Map<String, Long> kept = new TreeMap<>(calls);
        kept.keySet().removeAll(left);
        return new CommandCounts(kept);
    }

    /** The executed commands in lower case and how often each ran, in alphabetical order; unmodifiable, no zeros. */
    public Map<String, Long> asMap() {
        return calls;
    }

    /** The counts as {@code {get=1, set=2}}. */
    @Override
    public String toString() {
        return calls.toString();
    }
}
