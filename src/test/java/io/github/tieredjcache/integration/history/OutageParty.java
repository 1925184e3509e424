package io.github.tieredjcache.integration.history;

import java.io.IOException;

/** A node of a history with outages, in this process or in one of its own. */
interface OutageParty extends Party<OutageHistoryRound, OutageReport> {
    State state(OutageHistoryRound round) throws IOException;

    /** What a node reports of one cache: whether Redis is unavailable, and its counters. */
    record State(boolean unavailable, long journaled, long voided, long outages, long local, long overflows) {
        String line() {
            return unavailable + " " + journaled + " " + voided + " " + outages + " " + local + " " + overflows;
        }

        static State parse(String line) {
            String[] words = line.split(" ", -1);
            return new State(
                    Boolean.parseBoolean(words[0]),
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    Long.parseLong(words[3]),
                    Long.parseLong(words[4]),
                    Long.parseLong(words[5]));
        }
    }
}
