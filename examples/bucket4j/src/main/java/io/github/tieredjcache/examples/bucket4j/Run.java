package io.github.tieredjcache.examples.bucket4j;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** Nodes that take tokens of one bucket, while they do. */
final class Run {
    private final Demand demand;
    private final List<Part> parts;

    Run(Demand demand, List<Part> parts) {
        this.demand = demand;
        this.parts = parts;
    }

    /** Returns when the nodes have so many tokens together, or are done. */
    void awaitGranted(long tokens) throws InterruptedException {
        Patience.until(tokens + " tokens are granted", () -> granted() >= tokens || isOver());
    }

    /** Returns when the other nodes have so many more tokens, or are done. */
    void awaitProgressWithout(int node, long tokens) throws InterruptedException {
        List<Part> others =
                parts.stream().filter(part -> part != parts.get(node)).toList();
        long before = others.stream().mapToLong(Part::granted).sum();
        Patience.until("the others have " + tokens + " tokens more", () -> {
            boolean areOver = others.stream().allMatch(Part::isOver);
            return areOver || others.stream().mapToLong(Part::granted).sum() >= before + tokens;
        });
    }

    /** Returns when a call of each node has failed, but of those that are done. */
    void awaitFailures() throws InterruptedException {
        Patience.until(
                "each node has felt it", () -> parts.stream().allMatch(part -> part.failed() > 0 || part.isOver()));
    }

    private long granted() {
        return parts.stream().mapToLong(Part::granted).sum();
    }

    private boolean isOver() {
        return parts.stream().allMatch(Part::isOver);
    }

    /** Returns the figures when all nodes are done, or dead. */
    Figures await(String title) throws InterruptedException {
        Patience.until("the nodes are done", this::isOver);
        long tookNanos = parts.stream().mapToLong(Part::tookNanos).max().orElse(0);
        long beganMillis = parts.stream().mapToLong(Part::beganMillis).min().orElse(0);
        long endedMillis = parts.stream().mapToLong(Part::endedMillis).max().orElse(0);
        return new Figures(
                title,
                demand,
                parts.size(),
                granted(),
                parts.stream().mapToLong(Part::refused).sum(),
                parts.stream().mapToLong(Part::failed).sum(),
                demand.tokensMax(endedMillis - beganMillis),
                tookNanos / (double) TimeUnit.SECONDS.toNanos(1));
    }
}
