package io.github.tieredjcache.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The printed result: one line a peer. */
final class RatioTable {
    private static final String LEGEND = """

            ns: the time a call takes one thread. cpu: the CPU time of all threads of the process a call, in ns; the fairer of the
            two where other processes want the same cores. B: bytes allocated a call. Each from the best iteration of all rounds.
            ratio: the peer's figure through ours: 1.00 is as good as the peer, more is better.
            """;

    private RatioTable() {}

    static String of(List<Comparison> comparisons, Map<Comparison, Map<Contender, Measurement>> results) {
        StringBuilder table = new StringBuilder();
        line(table, "benchmark", "threads", "peer", "ns", "peer's", "ratio", "cpu", "peer's", "ratio", "B", "peer's");
        for (Comparison comparison : comparisons) {
            Map<Contender, Measurement> measured = Objects.requireNonNull(results.get(comparison));
            Measurement ours = Objects.requireNonNull(measured.get(comparison.ours()));
            for (Contender contender : comparison.peers()) {
                Measurement peer = Objects.requireNonNull(measured.get(contender));
                line(
                        table,
                        comparison.title(),
                        comparison.threads(),
                        contender.name(),
                        decimals(1, ours.nanos()),
                        decimals(1, peer.nanos()),
                        decimals(2, peer.nanos() / ours.nanos()),
                        decimals(1, ours.cpuNanos()),
                        decimals(1, peer.cpuNanos()),
                        decimals(2, peer.cpuNanos() / ours.cpuNanos()),
                        decimals(0, ours.bytes()),
                        decimals(0, peer.bytes()));
            }
        }
        return table + LEGEND;
    }

    private static void line(StringBuilder table, Object... cells) {
        String format = "%-46s %7s  %-15s %11s %11s %7s %11s %11s %7s %8s %8s";
        table.append(format.formatted(cells).stripTrailing()).append(System.lineSeparator());
    }

    private static String decimals(int count, double number) {
        return String.format(Locale.ROOT, "%." + count + "f", number);
    }
}
