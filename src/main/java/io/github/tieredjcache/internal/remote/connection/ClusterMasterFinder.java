package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.remote.connection.ClusterTopology.Node;
import io.github.tieredjcache.internal.remote.wire.HashSlot;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Queries nodes of a Redis Cluster for the masters of hash slots: several known nodes at once, and on each call anew,
 * except that calls join a query that has just begun. Calls after a failed attempt make do with older replies, so that the
 * hash slots of a dead master do not query the cluster again and again, each by itself.
 *
 * <p>The nodes of the URI are known, and others from the replies to the latest query and from MOVED errors. Those that are
 * queried differ from process to process. If no queried node knows the master of a slot, the next query is to the next
 * nodes. The reply with the greatest configuration epoch decides. The epoch grows with each migration and each failover,
 * and the new master of a slot knows it first.
 */
final class ClusterMasterFinder {
    static final int QUERIED_MAX = 6;
    /** For how long others join a query that waits for its replies; the reply of a node may be as old as that when they do. */
    static final Duration JOINABLE = Duration.ofMillis(50);
    /** For how long those whose attempt before has failed join a query, with or without its replies. */
    static final Duration JOINABLE_AGAIN = Duration.ofMillis(250);

    /** How many of the masters that redirections have named last are queried first. */
    private static final int NEW_MASTERS_MAX = QUERIED_MAX / 2;

    private static final int KNOWN_MAX = 100;
    private static final String CLUSTER_DISABLED = "cluster support disabled";
    private static final Pattern MOVED = Pattern.compile("MOVED \\d+ (\\S+):(\\d+)");

    private final List<Node> seeds;
    private final boolean byName;
    private final Function<Node, CompletableFuture<String>> nodesQuery;
    private final ExceptionTranslator translator;
    private final NanoClock clock;
    private final ScheduledExecutorService thread;
    // Guarded by this.
    private List<Node> learned = List.of();
    private final Set<Node> newMasters = new LinkedHashSet<>();
    private int turn;
    /** Null before the first one, and after a redirection to a new master: its replies may be older than that. */
    private @Nullable Query latest;

    private @Nullable Query latestFailed;

    /**
     * Creates a finder that has not queried anything.
     *
     * @param seeds the nodes of the URI; not empty
     * @param turn decides which nodes are queried first
     * @param byName whether to connect to a node by its host name, if it has one
     * @param nodesQuery sends CLUSTER NODES to a node; see {@link RedisCommand#nodes}
     */
    ClusterMasterFinder(
            List<Node> seeds,
            int turn,
            boolean byName,
            Function<Node, CompletableFuture<String>> nodesQuery,
            ExceptionTranslator translator,
            NanoClock clock,
            ScheduledExecutorService thread) {
        this.seeds = List.copyOf(seeds);
        this.turn = turn;
        this.byName = byName;
        this.nodesQuery = nodesQuery;
        this.translator = translator;
        this.clock = clock;
        this.thread = thread;
    }

    /**
     * Queries for the current master of a hash slot; the future fails if no reply names one.
     *
     * @param again as in {@link MasterFinder#master}
     */
    CompletableFuture<Master> master(HashSlot slot, boolean again) {
        Query query = query(again);
        return query.replies()
                .thenApply(replies -> Master.newest(replies.stream()
                                .map(each -> each.master(slot.number()))
                                .filter(Objects::nonNull))
                        .orElseThrow(() -> new RemoteUnavailableException(
                                RemoteUnavailableException.Kind.CONNECTION,
                                "no node of the cluster at " + translator.address() + " knows a master of slot "
                                        + slot.number(),
                                null)))
                .whenComplete((master, failure) -> {
                    if (failure != null) {
                        rotateAfter(query);
                    }
                });
    }

    /** Begins a query, or joins the latest one. */
    private Query query(boolean again) {
        List<Node> queried;
        Query begun;
        synchronized (this) {
            long nowNanos = clock.nanos();
            Query known = latest;
            if (known != null && known.isJoinable(nowNanos, again)) {
                return known;
            }
            queried = nextNodes();
            begun = new Query(nowNanos, quorum(queried.size()));
            latest = begun;
        }
        for (Node each : queried) {
            var unused = query(each).whenComplete(begun.quorum()::add);
        }
        return begun;
    }

    private ReplyQuorum<ClusterTopology> quorum(int queried) {
        ReplyQuorum<ClusterTopology> quorum = new ReplyQuorum<>(
                queried,
                // All replies are needed, since only one node may know the new master yet.
                queried,
                // Fewer replies decide: a node that no longer serves the slot refuses the connection by itself.
                true,
                "no node of the cluster at " + translator.address() + " returned the masters",
                thread);
        var unused = quorum.result().thenAccept(this::learn);
        return quorum;
    }

    /** Records a redirection; a MOVED error names the new master of the slot. */
    synchronized void onRedirection(Throwable redirection) {
        Matcher moved = MOVED.matcher(ExceptionTranslator.describe(redirection));
        if (moved.find()) {
            Node newMaster = new Node(moved.group(1), Integer.parseInt(moved.group(2)));
            newMasters.remove(newMaster);
            newMasters.add(newMaster);
            if (newMasters.size() > NEW_MASTERS_MAX) {
                newMasters.remove(newMasters.iterator().next());
            }
            latest = null;
        }
    }

    // Called with the lock held.
    private List<Node> nextNodes() {
        Set<Node> known = new LinkedHashSet<>(seeds);
        known.addAll(learned);
        List<Node> rotated = new ArrayList<>(known);
        Collections.rotate(rotated, -Math.floorMod(turn * (QUERIED_MAX - 1), rotated.size()));
        Set<Node> next = new LinkedHashSet<>(newMasters);
        // Replies may name nodes that cannot be reached from here.
        next.add(seeds.get(Math.floorMod(turn, seeds.size())));
        next.addAll(rotated);
        return next.stream().limit(QUERIED_MAX).toList();
    }

    /** Has the next query ask the next nodes, once for all who joined the query that has failed. */
    private synchronized void rotateAfter(Query failed) {
        if (!failed.equals(latest) || failed.equals(latestFailed)) {
            return;
        }
        latestFailed = failed;
        newMasters.clear();
        turn++;
    }

    private CompletableFuture<ClusterTopology> query(Node node) {
        return nodesQuery.apply(node).handle((reply, failure) -> {
            if (failure != null) {
                throw ExceptionTranslator.describe(failure).contains(CLUSTER_DISABLED)
                        ? translator.unusable(ServerHandshake.UnusableReason.NO_CLUSTER)
                        : translator.translate(failure, false);
            }
            ClusterTopology topology = ClusterTopology.read(reply, node, byName);
            if (topology.served().isEmpty()) {
                throw translator.unusable(ServerHandshake.UnusableReason.ALONE);
            }
            return topology;
        });
    }

    /** Replaces the known nodes by those that the replies name: nodes that have left the cluster are not queried again. */
    private synchronized void learn(List<ClusterTopology> replies) {
        learned = replies.stream()
                .flatMap(each -> each.nodes().stream())
                .distinct()
                .limit(KNOWN_MAX)
                .toList();
    }

    /**
     * A query of several nodes.
     *
     * @param beganNanos when it began, by the clock
     * @param quorum collects the replies
     */
    private record Query(long beganNanos, ReplyQuorum<ClusterTopology> quorum) {
        CompletableFuture<List<ClusterTopology>> replies() {
            return quorum.result();
        }

        boolean isJoinable(long nowNanos, boolean again) {
            return (again || !replies().isDone())
                    && nowNanos - beganNanos <= (again ? JOINABLE_AGAIN : JOINABLE).toNanos();
        }
    }
}
