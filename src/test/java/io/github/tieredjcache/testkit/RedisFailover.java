package io.github.tieredjcache.testkit;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Redis that fails over: a master, a replica, and sentinels that promote the replica when the master has been silent for one and
 * a half seconds. All are processes of ours, as of {@link RedisServer#startLocal}.
 *
 * <pre>{@code
 * try (RedisFailover redis = RedisFailover.start()) {
 *     connectTo(redis.uri());
 *     redis.awaitReplicated();
 *     redis.master().kill();
 *     redis.awaitFailover();
 * }
 * }</pre>
 *
 * <p>A failover takes two to four seconds. A server that was killed and restarted, or frozen and let go, becomes the replica
 * of the other. Instances may be used by several threads.
 */
public final class RedisFailover implements AutoCloseable {

    /** The name under which the sentinels know the master. */
    public static final String MASTER = "mymaster";

    /**
     * A sentinel pings once a second, first a second after it has connected or switched: were this not above a second, it would
     * take the master that it has just promoted for down, and promote the other.
     */
    private static final int DOWN_AFTER_MILLIS = 1_500;

    private final List<RedisServer> started = new ArrayList<>();
    private final List<RedisServer> sentinels = new ArrayList<>();
    private final RedisServer first;
    private final RedisServer second;
    private volatile RedisServer master;

    private RedisFailover(int count, List<String> arguments) {
        try {
            first = started(RedisServer.startLocal(of(arguments)));
            second = started(
                    RedisServer.startLocal(of(arguments, "--replicaof", "127.0.0.1", Integer.toString(first.port()))));
            master = first;
            await(
                    () -> RedisInfo.of(second, "replication").contains("master_link_status:up"),
                    "a replica with its master's data");
            for (int i = 0; i < count; i++) {
                sentinels.add(started(RedisServer.startSentinel(configuration(count / 2 + 1), passwords(arguments))));
            }
            await(this::isReady, "sentinels that know the replica and each other");
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a master, its replica, and one sentinel, and returns when the sentinel knows both.
     *
     * @param arguments as of {@link RedisServer#startLocal}, for both servers. The password of {@code --requirepass} is that of
     *     the sentinels, too.
     * @throws IllegalStateException if they do not come up; the message holds a log
     */
    public static RedisFailover start(String... arguments) {
        return new RedisFailover(1, List.of(arguments));
    }

    /**
     * As {@link #start}, with several sentinels, of which a majority must agree.
     *
     * @param sentinels one or more
     */
    public static RedisFailover startWithSentinels(int sentinels, String... arguments) {
        if (sentinels < 1) {
            throw new IllegalArgumentException("there must be a sentinel, were " + sentinels);
        }
        return new RedisFailover(sentinels, List.of(arguments));
    }

    private RedisServer started(RedisServer server) {
        started.add(server);
        return server;
    }

    private static String[] of(List<String> arguments, String... more) {
        // Without the delay a replica waits for others before it gets its data.
        List<String> all = new ArrayList<>(List.of("--repl-diskless-sync-delay", "0"));
        all.addAll(List.of(more));
        all.addAll(arguments);
        List<String> passwords = passwords(arguments);
        if (!passwords.isEmpty()) {
            all.addAll(List.of("--masterauth", passwords.get(1)));
        }
        return all.toArray(String[]::new);
    }

    private static List<String> passwords(List<String> arguments) {
        int setting = arguments.lastIndexOf("--requirepass");
        return setting < 0 ? List.of() : arguments.subList(setting, setting + 2);
    }

    private String configuration(int quorum) {
        String password = first.address().password();
        return "sentinel monitor " + MASTER + " 127.0.0.1 " + first.port() + " " + quorum + "\n"
                + (password == null ? "" : "sentinel auth-pass " + MASTER + " " + password + "\n")
                + "sentinel down-after-milliseconds " + MASTER + " " + DOWN_AFTER_MILLIS + "\n"
                + "sentinel failover-timeout " + MASTER + " 3000\n";
    }

    private boolean isReady() {
        return sentinels.stream().allMatch(each -> isReady(RedisInfo.of(each, "sentinel")) && hasAskedTheReplica(each));
    }

    private boolean isReady(String info) {
        return info.contains("slaves=1,")
                && info.contains("sentinels=" + sentinels.size())
                && info.contains("status=ok");
    }

    /** Before that a sentinel knows of a replica, by the master's word, and does not promote it. */
    private static boolean hasAskedTheReplica(RedisServer sentinel) {
        List<@Nullable String> fields = sentinel.list("SENTINEL", "REPLICAS", MASTER);
        int status = fields.indexOf("master-link-status");
        return status >= 0 && "ok".equals(fields.get(status + 1));
    }

    /**
     * The URI for a client that asks the sentinels, such as {@code redis-sentinel://127.0.0.1:24680,127.0.0.1:24681#mymaster}; holds
     * the password if there is one, and the sentinels' as the parameter {@code sentinelPassword}.
     */
    public String uri() {
        String password = first.address().password();
        return "redis-sentinel://" + (password == null ? "" : ":" + password + "@")
                + sentinels.stream().map(each -> "127.0.0.1:" + each.port()).collect(Collectors.joining(","))
                + (password == null ? "" : "?sentinelPassword=" + password) + "#" + MASTER;
    }

    /** The server that was the master when this was started, or when {@link #awaitFailover} returned last. */
    public RedisServer master() {
        return master;
    }

    /** The other one. */
    public RedisServer replica() {
        return other(master);
    }

    private RedisServer other(RedisServer server) {
        return server == first ? second : first;
    }

    /** The sentinels, each of which can be frozen, killed and restarted. */
    public List<RedisServer> sentinels() {
        return List.copyOf(sentinels);
    }

    /**
     * Waits until the replica has all that the master has acknowledged by now.
     *
     * @throws IllegalStateException if it does not come to that
     */
    public void awaitReplicated() {
        RedisInfo.awaitReplicated(master(), replica(), this);
    }

    /**
     * Has the sentinels promote the replica although nothing is wrong, as for maintenance; see {@link #awaitFailover}.
     *
     * @throws IllegalStateException if a sentinel refuses
     */
    public void failOver() {
        sentinels.get(0).command("SENTINEL", "FAILOVER", MASTER);
    }

    /**
     * Waits until the sentinels, those of them that answer, name the other server as the master.
     *
     * @return the new master
     * @throws IllegalStateException if it does not come to that
     */
    public RedisServer awaitFailover() {
        RedisServer next = replica();
        await(() -> sentinels.stream().anyMatch(each -> names(each, next)), "a failover");
        await(() -> RedisInfo.of(next, "replication").contains("role:master"), "a new master");
        master = next;
        return next;
    }

    private static boolean names(RedisServer sentinel, RedisServer server) {
        try {
            return Integer.toString(server.port())
                    .equals(sentinel.list("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER)
                            .get(1));
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private void await(BooleanSupplier condition, String what) {
        RedisInfo.await(condition, what, this);
    }

    /** Ends all servers and sentinels, and deletes their files. Repeated calls change nothing. */
    @Override
    public void close() {
        for (int i = started.size() - 1; i >= 0; i--) {
            started.get(i).close();
        }
    }

    /** Which processes these are and where, without their password. */
    @Override
    public String toString() {
        return "a failover of " + first + " and " + second + " by " + sentinels;
    }
}
