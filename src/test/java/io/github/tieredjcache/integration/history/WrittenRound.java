package io.github.tieredjcache.integration.history;

import java.util.List;
import java.util.stream.IntStream;

/**
 * One round of a history of a cache that writes through: all nodes work at the same few keys, which no other round uses, until its
 * end.
 *
 * @param number counts the rounds
 * @param trouble what happens meanwhile
 * @param copies whether the nodes keep near copies
 * @param seed of all that is drawn in it
 * @param endNanos when nothing more is called, by {@link System#nanoTime}, which all processes share
 */
record WrittenRound(int number, Trouble trouble, boolean copies, long seed, long endNanos) {
    private static final int KEYS = 6;

    /** What happens while the operations run, besides a writer that fails or is slow at times. */
    enum Trouble {
        NONE,
        /** Connections to Redis are cut. */
        CUTS,
        /** A process is paused for longer than a write lease. */
        STOPS
    }

    List<String> keys() {
        return IntStream.range(0, KEYS).mapToObj(i -> number + "-" + i).toList();
    }

    /** Returns the name of the cache that all work at. */
    String cache() {
        return cache(copies);
    }

    static String cache(boolean copies) {
        return copies ? "copies" : "exact";
    }

    String line() {
        return number + " " + trouble + " " + copies + " " + seed + " " + endNanos;
    }

    static WrittenRound parse(String line) {
        String[] words = line.split(" ", -1);
        return new WrittenRound(
                Integer.parseInt(words[0]),
                Trouble.valueOf(words[1]),
                Boolean.parseBoolean(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]));
    }
}
