package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.RemoteUnavailableException;
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
 * Queries nodes of a Redis Cluster for the owner of a hash slot: several known nodes at once, and on each call anew.
 *
 * <p>The nodes of the URI are queried first; others are known from replies and from MOVED errors. If no queried node
 * knows the owner, the next call queries the next nodes. The reply with the greatest configuration epoch decides. The
 * epoch grows with each migration and each failover, and the new owner of a slot knows it first.
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
     * Creates a finder that has not queried anything.
     *
     * @param seeds the nodes of the URI; not empty
     * @param byName whether to connect to a node by its host name, if it has one
     * @param nodesQuery sends CLUSTER NODES to a node; see {@link RedisCommand#nodes}
     */
    ClusterMasterFinder(
            List<Node> seeds,
            int slot,
            boolean byName,
            Function<Node, CompletableFuture<String>> nodesQuery,
            ExceptionTranslator translator,
            ScheduledExecutorService thread) {
        this.seeds = List.copyOf(seeds);
        this.slot = slot;
        this.byName = byName;
        this.nodesQuery = nodesQuery;
        this.translator = translator;
        this.thread = thread;
    }

    @Override
    public CompletableFuture<Master> master() {
        List<Node> queried = nextNodes();
        // All replies are needed, since only one node may know the new owner yet.
        MasterQuorum quorum = new MasterQuorum(
                queried.size(),
                queried.size(),
                // Fewer replies decide: a node that no longer serves the slot refuses the connection by itself.
                true,
                "no node of the cluster at " + translator.address() + " returned the owner of slot " + slot,
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

    /** Records a redirection; a MOVED error names the new owner of the slot. */
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
        List<Node> rotated = new ArrayList<>(known);
        Collections.rotate(rotated, -(offset % rotated.size()));
        return rotated.subList(0, Math.min(QUERIED_MAX, rotated.size()));
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
