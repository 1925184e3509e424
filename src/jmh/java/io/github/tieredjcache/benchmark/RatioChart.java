package io.github.tieredjcache.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The ratios of a {@link RatioTable} as a picture: a line a comparison, a dot a peer, and right of the middle is better. */
final class RatioChart {
    private static final int LEFT = 330;
    private static final int WIDTH = 420;
    private static final int TOP = 40;
    private static final int LINE = 18;
    /** At the left and the right edge we are so many times slower and faster. */
    private static final double EDGE = 8;

    private static final List<String> COLOURS =
            List.of("#1f77b4", "#2ca02c", "#ff7f0e", "#9467bd", "#d62728", "#8c564b", "#7f7f7f", "#17becf");

    private final StringBuilder svg = new StringBuilder();
    private final Map<String, String> colours = new LinkedHashMap<>();

    private RatioChart() {}

    /** Draws the ratios into a file. */
    static void draw(
            List<Comparison> comparisons, Map<Comparison, Map<Contender, Measurement>> results, String title, Path file)
            throws IOException {
        Files.writeString(file, new RatioChart().svg(comparisons, results, title));
    }

    private String svg(
            List<Comparison> comparisons, Map<Comparison, Map<Contender, Measurement>> results, String title) {
        int height = TOP + LINE * comparisons.size();
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" font-size=\"11\" width=\"%d\" height=\"%d\">",
                LEFT + WIDTH + 160, height + 30);
        add("<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
        text(10, 15, "start", title);
        for (double tick : new double[] {1 / EDGE, 0.25, 0.5, 1, 2, 4, EDGE}) {
            add(
                    "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\" stroke=\"%4$s\"/>",
                    x(tick), TOP - 10, height, tick == 1 ? "black" : "#dddddd");
            text(
                    x(tick),
                    height + 15,
                    "middle",
                    tick < 1
                            ? "%.0f× slower".formatted(1 / tick)
                            : tick == 1 ? "as fast" : "%.0f× faster".formatted(tick));
        }
        for (int i = 0; i < comparisons.size(); i++) {
            line(comparisons.get(i), Objects.requireNonNull(results.get(comparisons.get(i))), TOP + LINE * i);
        }
        int entry = 0;
        for (Map.Entry<String, String> each : colours.entrySet()) {
            int y = TOP + LINE * entry++;
            dot(LEFT + WIDTH + 30, y, each.getValue());
            text(LEFT + WIDTH + 40, y + 4, "start", each.getKey());
        }
        add("</svg>");
        return svg.toString();
    }

    private void line(Comparison comparison, Map<Contender, Measurement> measured, int y) {
        String threads = comparison.threads() == 1 ? "" : ", " + comparison.threads() + " threads";
        text(LEFT - 15, y + 4, "end", comparison.title() + threads);
        double ours = Objects.requireNonNull(measured.get(comparison.ours())).nanos();
        for (Contender each : comparison.peers()) {
            String colour = colours.computeIfAbsent(each.name(), name -> COLOURS.get(colours.size() % COLOURS.size()));
            dot(x(Objects.requireNonNull(measured.get(each)).nanos() / ours), y, colour);
        }
    }

    private static double x(double ratio) {
        double bounded = Math.max(1 / EDGE, Math.min(EDGE, ratio));
        return LEFT + WIDTH * (0.5 + 0.5 * Math.log(bounded) / Math.log(EDGE));
    }

    private void dot(double x, int y, String colour) {
        add("<circle cx=\"%.1f\" cy=\"%d\" r=\"4\" fill=\"%s\" fill-opacity=\"0.8\"/>", x, y, colour);
    }

    private void text(double x, int y, String anchor, String text) {
        add("<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>", x, y, anchor, text);
    }

    private void add(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
