package io.github.tieredjcache.messages;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.integration.LogLines;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A mistake that users make.
 *
 * @param name as the page has it
 * @param message makes the mistake, and returns what the user reads: level or exception, a colon, and the message
 */
record Mistake(String name, Callable<String> message) {
    @Override
    public String toString() {
        return name;
    }

    /** An action that may throw. */
    interface Action {
        void run() throws Exception;
    }

    /** Returns the exception that an action throws. */
    static String thrown(Action action) {
        try {
            action.run();
        } catch (Exception | LinkageError e) {
            return e.getClass().getSimpleName() + ": " + e.getMessage();
        }
        throw new AssertionError("nothing was thrown");
    }

    /** Returns the first line with these words that is logged because of an action, from {@code INFO} on. */
    static String logged(String words, Action action) throws Exception {
        try (LogLines log = new LogLines()) {
            return logged(log, words, action);
        }
    }

    /** As {@link #logged}, of the lines about the start of caches. */
    static String loggedAtStart(String words, Action action) throws Exception {
        try (LogLines log = LogLines.ofStarts()) {
            return logged(log, words, action);
        }
    }

    private static String logged(LogLines log, String words, Action action) throws Exception {
        action.run();
        Crew.until(() -> !with(log, words).isEmpty());
        return with(log, words).get(0).replaceFirst(" ", ": ");
    }

    private static List<String> with(LogLines log, String words) {
        return log.lines().stream().filter(line -> line.contains(words)).toList();
    }
}
