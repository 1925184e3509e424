package io.github.tieredjcache.examples.conversations;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** The figures of both nodes as text, and what they are held against. */
final class ResultTable {

    private static final double NEAR_P95_MILLIS = 2;
    private static final double REMOTE_P95_MILLIS = 25;
    private static final double COLD_HIT_PERCENT = 70;

    private final NodeReport first;
    private final NodeReport second;
    private final Stampede stampede;
    private final long messagesMissing;
    private final Tally both = new Tally();

    /**
     * @param stampede of the second node
     * @param messagesMissing by how many messages the store holds less than were appended with success
     */
    ResultTable(NodeReport first, NodeReport second, Stampede stampede, long messagesMissing) {
        this.first = first;
        this.second = second;
        this.stampede = stampede;
        this.messagesMissing = messagesMissing;
        both.add(first.tally());
        both.add(second.tally());
    }

    /** Something that was hoped for, and whether it came true. */
    record Criterion(String hope, String measured, boolean met) {}

    List<Criterion> criteria() {
        double near = millis(both.nanos(Tier.NEAR), 95);
        double remote = millis(both.nanos(Tier.REMOTE), 95);
        double hits = percent(second.tally().firstHits(), second.tally().firstReads());
        long failures = both.failures() + stampede.callers() - stampede.answered();
        return List.of(
                new Criterion("near: under 2 ms at p95", "%.3f ms".formatted(near), near < NEAR_P95_MILLIS),
                new Criterion("remote: under 25 ms at p95", "%.3f ms".formatted(remote), remote < REMOTE_P95_MILLIS),
                new Criterion(
                        "more than 70% hits after the cold start",
                        "%.1f%% of the first %,d reads"
                                .formatted(hits, second.tally().firstReads()),
                        hits > COLD_HIT_PERCENT),
                new Criterion(
                        "one load for concurrent misses of a key",
                        "%,d for %,d callers".formatted(stampede.loads(), stampede.callers()),
                        stampede.loads() == 1),
                new Criterion("every request answered, and rightly", "%,d failed".formatted(failures), failures == 0),
                new Criterion(
                        "every message appended is in the store",
                        "%,d of %,d missing".formatted(messagesMissing, both.writes()),
                        messagesMissing == 0));
    }

    String text() {
        List<String> lines = new ArrayList<>();
        lines.add(row("READS", "JVM 1", "", "JVM 2", "", "both", ""));
        for (Tier tier : Tier.values()) {
            lines.add(counts("  " + tier.title(), count(first, tier), count(second, tier)));
        }
        lines.add(counts("  all", first.tally().reads(), second.tally().reads()));
        lines.add(counts("  hits: near or remote", hits(first), hits(second)));
        lines.add(row(
                "  hits in the first %,d reads".formatted(RequestStream.FIRST_READS),
                firstHits(first),
                "",
                firstHits(second),
                "",
                "",
                ""));
        lines.add(row(
                "  of them near",
                share(first.firstNearHits(), first.tally().firstReads()),
                "",
                share(second.firstNearHits(), second.tally().firstReads()),
                "",
                "",
                ""));
        lines.add(row("  requests served of those due", served(first), "", served(second), "", "", ""));
        lines.add("");
        lines.add(latencies("LATENCY of reads in ms, both", "p50", "p95", "p99", "max"));
        for (Tier tier : Tier.values()) {
            lines.add(latencies(tier));
        }
        lines.add("");
        lines.add(row("SOURCE", "JVM 1", "", "JVM 2", "", "both", ""));
        lines.add(plain("  loads", first.loads(), second.loads()));
        lines.add(plain(
                "  loads avoided by coalescing",
                first.tally().loadsAvoided(),
                second.tally().loadsAvoided()));
        lines.add(plain(
                "  messages appended", first.tally().writes(), second.tally().writes()));
        lines.add("");
        lines.add(
                "STAMPEDE: %,d threads asked for one cold conversation at once: %,d load%s, %,d avoided; slowest %.1f ms"
                        .formatted(
                                stampede.callers(),
                                stampede.loads(),
                                stampede.loads() == 1 ? "" : "s",
                                stampede.callers() - stampede.loads(),
                                stampede.slowestMillis()));
        lines.add("");
        lines.add(
                "The tiers are distinguished by the instance that a read returned: one returned before is the near tier's,");
        lines.add(
                "one that the loader reported the source's, a new one Redis's. One that waited for another thread's fetch");
        lines.add("counts for the tier that was asked. The library's own counters count those apart:");
        lines.add(library(1, first));
        lines.add(library(2, second));
        lines.add("");
        for (Criterion criterion : criteria()) {
            lines.add("%-8s%-42s%s"
                    .formatted(criterion.met() ? "met" : "MISSED", criterion.hope(), criterion.measured()));
        }
        return String.join(System.lineSeparator(), lines);
    }

    private String latencies(Tier tier) {
        Histogram nanos = both.nanos(tier);
        return latencies(
                "  " + tier.title(),
                "%.3f".formatted(millis(nanos, 50)),
                "%.3f".formatted(millis(nanos, 95)),
                "%.3f".formatted(millis(nanos, 99)),
                "%.3f".formatted(millis(nanos, 100)));
    }

    private static String latencies(String title, String p50, String p95, String p99, String max) {
        return "%-30s%10s%10s%10s%10s".formatted(title, p50, p95, p99, max);
    }

    private static String library(int number, NodeReport node) {
        var counts = node.library();
        return "  JVM %d: near %,d, remote %,d, missed %,d, loaded %,d, waited for another's fetch %,d"
                .formatted(
                        number,
                        counts.nearHits(),
                        counts.remoteHits(),
                        counts.remoteMisses(),
                        counts.loads(),
                        counts.coalescedLookups());
    }

    private String counts(String title, long ofFirst, long ofSecond) {
        return row(
                title,
                "%,d".formatted(ofFirst),
                share(ofFirst, first.tally().reads()),
                "%,d".formatted(ofSecond),
                share(ofSecond, second.tally().reads()),
                "%,d".formatted(ofFirst + ofSecond),
                share(ofFirst + ofSecond, both.reads()));
    }

    private static String plain(String title, long ofFirst, long ofSecond) {
        return row(
                title,
                "%,d".formatted(ofFirst),
                "",
                "%,d".formatted(ofSecond),
                "",
                "%,d".formatted(ofFirst + ofSecond),
                "");
    }

    private static String row(String title, String... cells) {
        String row = "%-30s%10s%8s%10s%8s%10s%8s"
                .formatted(title, cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]);
        return row.stripTrailing();
    }

    private static long count(NodeReport node, Tier tier) {
        return node.tally().nanos(tier).getTotalCount();
    }

    private static long hits(NodeReport node) {
        return count(node, Tier.NEAR) + count(node, Tier.REMOTE);
    }

    private static String served(NodeReport node) {
        Tally tally = node.tally();
        return share(tally.reads() + tally.writes() + tally.failures(), node.due());
    }

    private static String firstHits(NodeReport node) {
        return share(node.tally().firstHits(), node.tally().firstReads());
    }

    private static String share(long part, long whole) {
        return "%.1f%%".formatted(percent(part, whole));
    }

    private static double percent(long part, long whole) {
        return whole == 0 ? 0 : 100.0 * part / whole;
    }

    private static double millis(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }
}
