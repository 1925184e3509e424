package io.github.tieredjcache.integration.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one thread, or several, report of a round with outages. Used by one thread at a time. */
final class OutageReport {
    private static final String COMPLAINT = "complaint";
    private static final String LAST = "last";
    private static final String COUNTS = "counts";
    private static final String NOTHING = "-";
    private static final String SEPARATOR = "\t";

    private final List<String> complaints = new ArrayList<>();
    // By key, and author.
    private final Map<String, Map<String, String>> last = new HashMap<>();
    private long operations;
    private long checks;

    void complain(String complaint) {
        complaints.add(complaint.replaceAll("\\s", " "));
    }

    /** Records what an author did last to a key: the value, or null for a removal. */
    void last(String key, String author, @Nullable String value) {
        last.computeIfAbsent(key, same -> new HashMap<>()).put(author, value == null ? NOTHING : value);
    }

    void did(long more, long checked) {
        operations += more;
        checks += checked;
    }

    void add(OutageReport other) {
        complaints.addAll(other.complaints);
        other.last.forEach((key, authors) ->
                last.computeIfAbsent(key, same -> new HashMap<>()).putAll(authors));
        did(other.operations, other.checks);
    }

    List<String> complaints() {
        return complaints;
    }

    long operations() {
        return operations;
    }

    /** Returns how often an author looked at what he had written. */
    long checks() {
        return checks;
    }

    /** Returns why a value cannot be what is left of a key, null if it can: its author had replaced or removed it. */
    @Nullable
    String whyNot(String key, @Nullable String value) {
        if (value == null) {
            return null;
        }
        if (!value.startsWith(key + ":")) {
            return "it is another key's";
        }
        String author = OutageWorker.author(value);
        String latest = last.getOrDefault(key, Map.of()).get(author);
        return latest == null || latest.equals(value) ? null : author + " did " + latest + " last";
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        complaints.forEach(each -> lines.add(COMPLAINT + SEPARATOR + each));
        last.forEach((key, authors) ->
                authors.forEach((author, value) -> lines.add(String.join(SEPARATOR, LAST, key, author, value))));
        lines.add(COUNTS + SEPARATOR + operations + SEPARATOR + checks);
        return lines;
    }

    static OutageReport parse(List<String> lines) {
        OutageReport report = new OutageReport();
        for (String line : lines) {
            String[] words = line.split(SEPARATOR, -1);
            switch (words[0]) {
                case COMPLAINT -> report.complain(words[1]);
                case LAST -> report.last(words[1], words[2], words[3].equals(NOTHING) ? null : words[3]);
                default -> report.did(Long.parseLong(words[1]), Long.parseLong(words[2]));
            }
        }
        return report;
    }
}
