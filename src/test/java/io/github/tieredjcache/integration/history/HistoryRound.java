package io.github.tieredjcache.integration.history;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One round of a history: all nodes work at the same few keys, which no other round uses, until its end.
 *
 * @param number counts the rounds
 * @param kind of which cache
 * @param seed of all that is drawn in it
 * @param endNanos when nothing more is called, by {@link System#nanoTime}, which all processes share
 */
record HistoryRound(int number, Kind kind, long seed, long endNanos) {
    /** A cache to work at. */
    enum Kind {
        /** Each read asks Redis. */
        EXACT(false, Duration.ZERO),
        EXACT_AND_MORTAL(false, Duration.ofMillis(300)),
        /** Nodes keep copies. */
        NEAR(true, Duration.ZERO),
        NEAR_AND_MORTAL(true, Duration.ofMillis(300));

        private final boolean copies;
        private final Duration lifetime;

        Kind(boolean copies, Duration lifetime) {
            this.copies = copies;
            this.lifetime = lifetime;
        }

        boolean keepsCopies() {
            return copies;
        }

        /** Returns how long an entry lives; zero for an eternal one. */
        Duration lifetime() {
            return lifetime;
        }
    }

    static final int KEYS = 5;
    static final Duration BOUND = Duration.ofSeconds(1);

    List<String> keys() {
        return IntStream.range(0, KEYS)
                .mapToObj(i -> kind + "-" + number + "-" + i)
                .toList();
    }

    String line() {
        return number + " " + kind + " " + seed + " " + endNanos;
    }

    static HistoryRound parse(String line) {
        String[] words = line.split(" ", -1);
        return new HistoryRound(
                Integer.parseInt(words[0]), Kind.valueOf(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
    }
}
