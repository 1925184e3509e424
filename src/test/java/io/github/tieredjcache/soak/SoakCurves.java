package io.github.tieredjcache.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Figures over time, each with its curve. Safe for use by many threads. */
final class SoakCurves {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 110;
    private static final int MARGIN = 60;

    private final Map<String, List<Point>> curves = new LinkedHashMap<>();

    private record Point(double second, double value) {}

    synchronized void add(String curve, double second, double value) {
        curves.computeIfAbsent(curve, name -> new ArrayList<>()).add(new Point(second, value));
    }

    /** Returns the mean of a figure between two shares of the time. */
    synchronized double mean(String curve, double from, double to) {
        List<Point> points = curves.get(curve);
        double end = points.get(points.size() - 1).second;
        return points.stream()
                .filter(each -> each.second >= from * end && each.second <= to * end)
                .mapToDouble(Point::value)
                .average()
                .orElse(Double.NaN);
    }

    /** Returns a table of the figures: early, late, and the largest. */
    synchronized String table() {
        StringBuilder table = new StringBuilder(
                String.format(Locale.ROOT, "%-28s %14s %14s %14s%n", "", "first quarter", "last quarter", "maximum"));
        curves.forEach((name, points) -> table.append(String.format(
                Locale.ROOT,
                "%-28s %,14.1f %,14.1f %,14.1f%n",
                name,
                mean(name, 0, 0.25),
                mean(name, 0.75, 1),
                points.stream().mapToDouble(Point::value).max().orElse(0))));
        return table.toString();
    }

    /** Draws the curves. */
    synchronized void draw(Path file) throws IOException {
        StringBuilder svg = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\""
                + " font-size=\"12\" width=\"" + (WIDTH + 2 * MARGIN) + "\" height=\""
                + (curves.size() * (HEIGHT + 30) + 20) + "\">\n");
        int top = 20;
        for (Map.Entry<String, List<Point>> each : curves.entrySet()) {
            List<Point> points = each.getValue();
            double end = Math.max(1, points.get(points.size() - 1).second);
            double most =
                    Math.max(1, points.stream().mapToDouble(Point::value).max().orElse(1));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\">%s (maximum %,.1f, %,.0f s)</text>%n<polyline fill=\"none\" stroke=\"#1f6f8b\" points=\"",
                    MARGIN,
                    top,
                    each.getKey(),
                    most,
                    end));
            for (Point point : points) {
                svg.append(String.format(
                        Locale.ROOT,
                        "%.1f,%.1f ",
                        MARGIN + WIDTH * point.second / end,
                        top + 8 + HEIGHT * (1 - point.value / most)));
            }
            svg.append("\"/>\n");
            top += HEIGHT + 30;
        }
        Files.createDirectories(file.getParent());
        Files.writeString(file, svg.append("</svg>\n"));
    }
}
