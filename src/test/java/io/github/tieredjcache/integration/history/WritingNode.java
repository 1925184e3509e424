package io.github.tieredjcache.integration.history;

import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Table;
import io.github.tieredjcache.integration.TableStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.cache.Cache;
import org.jspecify.annotations.Nullable;

/**
 * A node of a cache that writes through to a {@link Table}, with some threads, in this process or in one of its own: then a line for
 * a round or a look goes in, and the answer comes out.
 */
final class WritingNode implements Party<WrittenRound, WrittenReport> {
    static final Duration LEASE = Duration.ofMillis(500);
    static final Duration BOUND = Duration.ofSeconds(1);

    // One has a key, and two who wait for it share a lease.
    private static final int THREADS = 3;
    private static final String ROUND = "round ";
    private static final String LOOK = "look ";

    private final int number;
    private final Node node;
    private final TableStore store;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final Map<String, Cache<String, String>> caches = new HashMap<>();
    private long voided;

    WritingNode(int number, String redisUri, String tableUrl) {
        this.number = number;
        this.node = new Node(redisUri);
        this.store = new TableStore(tableUrl, new TableStore.Course() {});
        for (boolean copies : new boolean[] {true, false}) {
            String name = WrittenRound.cache(copies);
            caches.put(
                    name,
                    node.cache(
                            name,
                            String.class,
                            String.class,
                            settings -> settings.readThrough(() -> store)
                                    .writeThrough(() -> store)
                                    .stalenessBound(BOUND)
                                    .with(TieredSetting.WRITE_LEASE, LEASE)
                                    .with(TieredSetting.LOAD_LEASE, LEASE)
                                    // Nobody loads beside a writer, whose row may be there before its commit.
                                    .with(TieredSetting.LOAD_WAIT, Duration.ofSeconds(10))
                                    .with(TieredSetting.WRITE_WAIT, Duration.ofSeconds(10))
                                    .nearTimeToLive(copies ? Duration.ofHours(1) : Duration.ZERO)));
        }
    }

    @Override
    public Callable<WrittenReport> begin(WrittenRound round) {
        List<Future<WrittenReport>> workers = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            workers.add(threads.submit(new WritingWorker(number, thread, caches.get(round.cache()), store, round)));
        }
        return () -> {
            WrittenReport all = new WrittenReport();
            for (Future<WrittenReport> worker : workers) {
                all.add(worker.get());
            }
            all.voided(newlyVoided());
            return all;
        };
    }

    private long newlyVoided() {
        long before = voided;
        voided = caches.values().stream()
                .mapToLong(each -> each.unwrap(TierStatistics.class).writesVoided())
                .sum();
        return voided - before;
    }

    @Override
    public Map<String, @Nullable String> look(WrittenRound round, boolean loading) {
        Cache<String, String> cache = caches.get(round.cache());
        store.loads(loading);
        try {
            // The connection may have been cut a moment ago.
            return RedisReader.look(cache, round.keys());
        } finally {
            store.loads(true);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        node.close();
        store.close();
    }

    @Override
    public String toString() {
        return "node " + number;
    }

    /** The process itself: its arguments are the number of the node, the URI of Redis and the URL of the table. */
    public static void main(String[] arguments) throws Exception {
        try (WritingNode node = new WritingNode(Integer.parseInt(arguments[0]), arguments[1], arguments[2])) {
            PartyProcess.serve(node::reply);
        }
    }

    private List<String> reply(String line) throws Exception {
        if (line.startsWith(ROUND)) {
            return begin(WrittenRound.parse(line.substring(ROUND.length())))
                    .call()
                    .lines();
        }
        boolean loading = line.startsWith(LOOK + true);
        WrittenRound round = WrittenRound.parse(line.substring((LOOK + loading + " ").length()));
        return PartyProcess.lines(look(round, loading));
    }

    /** The same in a process of its own. */
    record InProcess(PartyProcess process) implements Party<WrittenRound, WrittenReport> {
        /** Starts a process, and does not wait for it. */
        InProcess(int number, String redisUri, String tableUrl) throws IOException {
            this(new PartyProcess(WritingNode.class, number, redisUri, tableUrl));
        }

        @Override
        public Callable<WrittenReport> begin(WrittenRound round) {
            Callable<List<String>> reply = process.send(ROUND + round.line());
            return () -> WrittenReport.parse(reply.call());
        }

        @Override
        public Map<String, @Nullable String> look(WrittenRound round, boolean loading) throws IOException {
            return PartyProcess.parse(process.call(LOOK + loading + " " + round.line()));
        }

        @Override
        public void close() throws IOException {
            process.close();
        }

        @Override
        public String toString() {
            return process.toString();
        }
    }
}
