package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.port.RemoteUnavailableException;
import io.github.tieredjcache.internal.remote.connection.ClusterTopology.Node;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks nodes of a Redis Cluster which of them serves a slot: some of those that are known, all at once and anew each
 * time.
 *
 * <p>Asked are those first that are named in the URI; others are known from the answers, and from the word of a node that the slot
 * has moved. If none of those that were asked knows, it is the turn of the next ones. The answer with the greatest configuration epoch
 * is taken, which grows with each move and each failover: the node that a slot has moved to knows so first.
 */
final class ClusterMasterFinder implements MasterFinder {
    static final int QUERIED_MAX = 6;
    private static final int KNOWN_MAX = 100;
    private static final String CLUSTER_DISABLED = "cluster support disabled";
    private static final Pattern MOVED = Pattern.compile("MOVED \\d+ (\\S+):(\\d+)");

    private final List<Node> seeds;
    private final int slot;
    private final boolean byName;
    private final Function<Node, CompletableFuture<String>> nodesQuery;
    private final ExceptionTranslator translator;
    private final ScheduledExecutorService thread;
    // Guarded by this.
    private Set<Node> learned = new LinkedHashSet<>();
    private @Nullable Node newOwner;
    private int offset;

    /**
     * Creates one that asks nobody yet.
     *
     * @param seeds those that the URI names; not empty
     * @param byName whether nodes are called by their names, if they have some
     * @param question asks a node for what it knows of all; see {@link RedisCommand#nodes}
     */
    ClusterMasterFinder(
            List<Node> seeds,
            int slot,
            boolean byName,
            Function<Node, CompletableFuture<String>> query,
            ExceptionTranslator translator,
            ScheduledExecutorService thread) {
        this.seeds = List.copyOf(seeds);
        this.slot = slot;
        this.byName = byName;
        this.nodesQuery = query;
        this.translator = translator;
        this.thread = thread;
    }

    @Override
    public CompletableFuture<Master> master() {
        List<Node> queried = nextNodes();
        // All, since only one may know yet.
        MasterQuorum quorum = new MasterQuorum(
                queried.size(),
                queried.size(),
                // A node that does not serve the slot any more says so itself.
                true,
                "no node of the cluster at " + translator.address() + " says who serves slot " + slot,
                thread);
        for (Node each : queried) {
            var unused = query(each).whenComplete(quorum::add);
        }
        return quorum.result().whenComplete((master, failure) -> {
            if (failure != null) {
                rotate();
            }
        });
    }

    /** Takes the word of a node that it does not serve the slot, which may tell where it is. */
    synchronized void onRedirection(Throwable redirection) {
        Matcher moved = MOVED.matcher(ExceptionTranslator.describe(redirection));
        if (moved.find()) {
            newOwner = new Node(moved.group(1), Integer.parseInt(moved.group(2)));
        }
    }

    private synchronized List<Node> nextNodes() {
        Set<Node> known = new LinkedHashSet<>();
        if (newOwner != null) {
            known.add(newOwner);
        }
        known.addAll(seeds);
        known.addAll(learned);
        List<Node> inTurn = new ArrayList<>(known);
        Collections.rotate(inTurn, -(offset % inTurn.size()));
        return inTurn.subList(0, Math.min(QUERIED_MAX, inTurn.size()));
    }

    private synchronized void rotate() {
        newOwner = null;
        offset = seeds.size() + learned.size() <= QUERIED_MAX ? 0 : offset + QUERIED_MAX;
    }

    private CompletableFuture<Master> query(Node node) {
        return nodesQuery.apply(node).handle((reply, failure) -> {
            if (failure != null) {
                throw ExceptionTranslator.describe(failure).contains(CLUSTER_DISABLED)
                        ? translator.unusable(ServerHandshake.UnusableReason.NO_CLUSTER)
                        : translator.translate(failure, false);
            }
            return read(reply, node);
        });
    }

    private Master read(String reply, Node queried) {
        ClusterTopology topology = ClusterTopology.read(reply, slot, queried, byName);
        learn(topology.nodes());
        if (topology.owner() == null) {
            throw new RemoteUnavailableException(
                    RemoteUnavailableException.Kind.REFUSAL, "no node serves slot " + slot, null);
        }
        return topology.owner();
    }

    private synchronized void learn(List<Node> nodes) {
        Set<Node> latest = new LinkedHashSet<>(nodes);
        latest.addAll(learned);
        learned = new LinkedHashSet<>(latest.stream().limit(KNOWN_MAX).toList());
    }
}
