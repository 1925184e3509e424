package io.github.tieredjcache.examples.bucket4j;

import io.github.bucket4j.BucketConfiguration;
import java.time.Duration;

/**
 * What is asked of a bucket by each node.
 *
 * @param client whose bucket it is
 * @param capacity how many tokens it has at first, and holds at most
 * @param refillPerSecond how many tokens it gets a second, one by one; 0 for none on this day
 * @param threads how many threads of a node take tokens as fast as they can
 * @param tokensPerThread after how many tokens a thread stops; 0 if it does when it is refused one
 */
record Demand(String client, long capacity, long refillPerSecond, int threads, int tokensPerThread) {

    /** A bucket that is emptied, each thread stopping when it is refused a token. */
    static Demand ofAll(String client, long capacity, int threads) {
        return new Demand(client, capacity, 0, threads, 0);
    }

    BucketConfiguration limit() {
        return BucketConfiguration.builder()
                .addLimit(bandwidth -> refillPerSecond > 0
                        ? bandwidth.capacity(capacity).refillGreedy(refillPerSecond, Duration.ofSeconds(1))
                        : bandwidth.capacity(capacity).refillIntervally(capacity, Duration.ofDays(1)))
                .build();
    }

    /** How many tokens there can have been in so long a time. */
    long tokensMax(long millis) {
        return capacity + refillPerSecond * millis / 1_000;
    }

    String line() {
        return client + " " + capacity + " " + refillPerSecond + " " + threads + " " + tokensPerThread;
    }

    static Demand parse(String line) {
        String[] words = line.split(" ");
        return new Demand(
                words[0],
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                Integer.parseInt(words[3]),
                Integer.parseInt(words[4]));
    }
}
