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
    static final int ASKED_MAX = 6;
    private static final int KNOWN_MAX = 100;
    private static final String NOT_ENABLED = "cluster support disabled";
    private static final Pattern MOVED = Pattern.compile("MOVED \\d+ (\\S+):(\\d+)");

    private final List<Node> seeds;
    private final int slot;
    private final boolean byName;
    private final Function<Node, CompletableFuture<String>> question;
    private final ExceptionTranslator faults;
    private final ScheduledExecutorService thread;
    // Guarded by this.
    private Set<Node> learned = new LinkedHashSet<>();
    private @Nullable Node newOwner;
    private int turn;

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
            Function<Node, CompletableFuture<String>> question,
            ExceptionTranslator faults,
            ScheduledExecutorService thread) {
        this.seeds = List.copyOf(seeds);
        this.slot = slot;
        this.byName = byName;
        this.question = question;
        this.faults = faults;
        this.thread = thread;
    }

    @Override
    public CompletableFuture<Master> master() {
        List<Node> asked = next();
        // All, since only one may know yet.
        MasterQuorum poll = new MasterQuorum(
                asked.size(),
                asked.size(),
                // A node that does not serve the slot any more says so itself.
                true,
                "no node of the cluster at " + faults.place() + " says who serves slot " + slot,
                thread);
        for (Node each : asked) {
            var unused = ask(each).whenComplete(poll::take);
        }
        return poll.result().whenComplete((master, failure) -> {
            if (failure != null) {
                takeTurns();
            }
        });
    }

    /** Takes the word of a node that it does not serve the slot, which may tell where it is. */
    synchronized void heard(Throwable redirection) {
        Matcher moved = MOVED.matcher(ExceptionTranslator.describe(redirection));
        if (moved.find()) {
            newOwner = new Node(moved.group(1), Integer.parseInt(moved.group(2)));
        }
    }

    private synchronized List<Node> next() {
        Set<Node> known = new LinkedHashSet<>();
        if (newOwner != null) {
            known.add(newOwner);
        }
        known.addAll(seeds);
        known.addAll(learned);
        List<Node> inTurn = new ArrayList<>(known);
        Collections.rotate(inTurn, -(turn % inTurn.size()));
        return inTurn.subList(0, Math.min(ASKED_MAX, inTurn.size()));
    }

    private synchronized void takeTurns() {
        newOwner = null;
        turn = seeds.size() + learned.size() <= ASKED_MAX ? 0 : turn + ASKED_MAX;
    }

    private CompletableFuture<Master> ask(Node node) {
        return question.apply(node).handle((answer, failure) -> {
            if (failure != null) {
                throw ExceptionTranslator.describe(failure).contains(NOT_ENABLED)
                        ? faults.unusable(ServerHandshake.Objection.NO_CLUSTER)
                        : faults.translate(failure, false);
            }
            return read(answer, node);
        });
    }

    private Master read(String answer, Node asked) {
        ClusterTopology view = ClusterTopology.read(answer, slot, asked, byName);
        learn(view.nodes());
        if (view.owner() == null) {
            throw new RemoteUnavailableException(
                    RemoteUnavailableException.Kind.REFUSAL, "no node serves slot " + slot, null);
        }
        return view.owner();
    }

    private synchronized void learn(List<Node> nodes) {
        Set<Node> latest = new LinkedHashSet<>(nodes);
        latest.addAll(learned);
        learned = new LinkedHashSet<>(latest.stream().limit(KNOWN_MAX).toList());
    }
}
