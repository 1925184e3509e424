package io.github.tieredjcache.internal.simulation;

import java.util.Map;
import java.util.TreeMap;

/** Counts of what has happened in simulations. */
final class Report {
    private final Map<String, Long> counts = new TreeMap<>();

    void count(String what) {
        count(what, 1);
    }

    void count(String what, long times) {
        if (times != 0) {
            counts.merge(what, times, Long::sum);
        }
    }

    /** Returns a line a count, in the order of their names. */
    String text() {
        StringBuilder text = new StringBuilder();
        counts.forEach(
                (what, times) -> text.append(what).append(": ").append(times).append('\n'));
        return text.toString();
    }
}
