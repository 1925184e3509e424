package io.github.tieredjcache.integration.history;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Node;
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
 * A node that continues in an outage, with some threads, in this process or in one of its own: then a line for a round, a look
 * or a question goes in, and the answer comes out.
 */
final class OutageNode implements OutageParty {
    static final Duration LEASE = Duration.ofMillis(500);
    static final Duration BOUND = Duration.ofSeconds(1);

    private static final String ROUND = "round ";
    private static final String LOOK = "look ";
    private static final String STATE = "state ";

    private final int number;
    private final Node node;
    private final TableStore store;
    private final ExecutorService threads = Executors.newFixedThreadPool(OutageHistoryRound.THREADS);
    private final Map<String, Cache<String, String>> caches = new HashMap<>();

    OutageNode(int number, String redisUri, String tableUrl) {
        this.number = number;
        this.node = new Node(redisUri);
        this.store = new TableStore(tableUrl, new TableStore.Course() {});
        for (boolean through : new boolean[] {true, false}) {
            String name = OutageHistoryRound.cache(through);
            caches.put(name, node.cache(name, String.class, String.class, settings -> {
                settings.outagePolicy(OutagePolicy.LOCAL)
                        .stalenessBound(BOUND)
                        .commandTimeout(Duration.ofMillis(300))
                        .with(TieredSetting.REDIS_CONNECT_TIMEOUT, Duration.ofSeconds(2))
                        .with(TieredSetting.WRITE_LEASE, LEASE)
                        .with(TieredSetting.LOAD_LEASE, LEASE)
                        .with(TieredSetting.LOAD_WAIT, Duration.ofSeconds(2))
                        .with(TieredSetting.WRITE_WAIT, Duration.ofSeconds(10));
                return through ? settings.readThrough(() -> store).writeThrough(() -> store) : settings;
            }));
        }
    }

    @Override
    public Callable<OutageReport> begin(OutageHistoryRound round) {
        List<Future<OutageReport>> workers = new ArrayList<>();
        for (int thread = 0; thread < OutageHistoryRound.THREADS; thread++) {
            workers.add(threads.submit(new OutageWorker(number, thread, caches.get(round.cache()), store, round)));
        }
        return () -> {
            OutageReport all = new OutageReport();
            for (Future<OutageReport> worker : workers) {
                all.add(worker.get());
            }
            return all;
        };
    }

    @Override
    public Map<String, @Nullable String> look(OutageHistoryRound round, boolean loading) {
        Cache<String, String> cache = caches.get(round.cache());
        Map<String, @Nullable String> seen = new HashMap<>();
        store.loads(loading);
        try {
            round.keys().forEach(key -> seen.put(key, cache.get(key)));
        } finally {
            store.loads(true);
        }
        return seen;
    }

    @Override
    public State state(OutageHistoryRound round) {
        TierStatistics tiers = caches.get(round.cache()).unwrap(TierStatistics.class);
        return new State(
                tiers.isRemoteUnavailable(),
                tiers.journaledKeys(),
                tiers.recoveryRemovals(),
                tiers.remoteOutages(),
                tiers.localOperations(),
                tiers.journalOverflows());
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
        try (OutageNode node = new OutageNode(Integer.parseInt(arguments[0]), arguments[1], arguments[2])) {
            PartyProcess.serve(node::reply);
        }
    }

    private List<String> reply(String line) throws Exception {
        if (line.startsWith(ROUND)) {
            return begin(OutageHistoryRound.parse(line.substring(ROUND.length())))
                    .call()
                    .lines();
        }
        if (line.startsWith(STATE)) {
            return List.of(state(OutageHistoryRound.parse(line.substring(STATE.length())))
                    .line());
        }
        boolean loading = line.startsWith(LOOK + true);
        OutageHistoryRound round = OutageHistoryRound.parse(line.substring((LOOK + loading + " ").length()));
        return PartyProcess.lines(look(round, loading));
    }

    /** The same in a process of its own. */
    record InProcess(PartyProcess process) implements OutageParty {
        /** Starts a process; it is ready when this returns. */
        InProcess(int number, String redisUri, String tableUrl) throws IOException {
            this(new PartyProcess(OutageNode.class, number, redisUri, tableUrl));
            process.awaitReady();
        }

        @Override
        public Callable<OutageReport> begin(OutageHistoryRound round) {
            Callable<List<String>> reply = process.send(ROUND + round.line());
            return () -> OutageReport.parse(reply.call());
        }

        @Override
        public Map<String, @Nullable String> look(OutageHistoryRound round, boolean loading) throws IOException {
            return PartyProcess.parse(process.call(LOOK + loading + " " + round.line()));
        }

        @Override
        public State state(OutageHistoryRound round) throws IOException {
            return State.parse(process.call(STATE + round.line()).get(0));
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
