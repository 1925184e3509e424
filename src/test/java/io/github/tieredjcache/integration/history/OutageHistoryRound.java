package io.github.tieredjcache.integration.history;

import java.util.ArrayList;
import java.util.List;

/**
 * One round of a history of outages: all nodes work at a few keys, which no other round uses, until its end.
 *
 * @param number counts the rounds
 * @param through whether the cache reads and writes through to the table
 * @param seed of all that is drawn in it
 * @param endNanos when nothing more is called, by {@link System#nanoTime}, which all processes share
 */
record OutageHistoryRound(int number, boolean through, long seed, long endNanos) {
    static final int NODES = 4;
    static final int THREADS = 2;

    private static final int SHARED = 4;

    /** Returns the keys that everybody changes. */
    List<String> sharedKeys() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < SHARED; i++) {
            keys.add(number + "-" + i);
        }
        return keys;
    }

    /** Returns the key that only one thread of one node changes. */
    String ownKey(int node, int thread) {
        return number + "-of-" + author(node, thread);
    }

    static String author(int node, int thread) {
        return node + "." + thread;
    }

    List<String> keys() {
        List<String> keys = new ArrayList<>(sharedKeys());
        for (int node = 0; node < NODES; node++) {
            for (int thread = 0; thread < THREADS; thread++) {
                keys.add(ownKey(node, thread));
            }
        }
        return keys;
    }

    /** Returns the name of the cache that all work at. */
    String cache() {
        return cache(through);
    }

    static String cache(boolean through) {
        return through ? "through" : "plain";
    }

    String line() {
        return number + " " + through + " " + seed + " " + endNanos;
    }

    static OutageHistoryRound parse(String line) {
        String[] words = line.split(" ", -1);
        return new OutageHistoryRound(
                Integer.parseInt(words[0]),
                Boolean.parseBoolean(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]));
    }
}
