package io.github.tieredjcache.integration.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.ChildProcess;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.TableStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
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
final class OutageNode implements AutoCloseable {
    static final Duration LEASE = Duration.ofMillis(500);
    static final Duration BOUND = Duration.ofSeconds(1);

    private static final String READY = "ready";
    private static final String END = "end";
    private static final String ROUND = "round ";
    private static final String LOOK = "look ";
    private static final String STATE = "state ";
    private static final String NULL = "-";

    private final int number;
    private final Node node;
    private final TableStore store;
    private final ExecutorService threads = Executors.newFixedThreadPool(OutageHistoryRound.THREADS);
    private final Map<String, Cache<String, String>> caches = new HashMap<>();

    /** What a node reports of one cache: whether Redis is unavailable, and its counters. */
    record State(boolean away, long journaled, long voided, long outages, long local, long overflows) {
        String line() {
            return away + " " + journaled + " " + voided + " " + outages + " " + local + " " + overflows;
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

    /** A node, wherever it is. */
    interface Party extends AutoCloseable {
        /** Begins a round; the answer waits for its end. */
        Callable<OutageReport> begin(OutageHistoryRound round);

        /** Returns what it has of the keys of a round, with or without its loader. */
        Map<String, @Nullable String> look(OutageHistoryRound round, boolean loading) throws IOException;

        State state(OutageHistoryRound round) throws IOException;

        @Override
        void close() throws IOException;
    }

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

    /** Returns this as one of the parties. */
    Party here() {
        return new Party() {
            @Override
            public Callable<OutageReport> begin(OutageHistoryRound round) {
                return OutageNode.this.begin(round);
            }

            @Override
            public Map<String, @Nullable String> look(OutageHistoryRound round, boolean loading) {
                return OutageNode.this.look(round, loading);
            }

            @Override
            public State state(OutageHistoryRound round) {
                return OutageNode.this.state(round);
            }

            @Override
            public void close() {
                OutageNode.this.close();
            }

            @Override
            public String toString() {
                return "node " + number;
            }
        };
    }

    private Callable<OutageReport> begin(OutageHistoryRound round) {
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

    private Map<String, @Nullable String> look(OutageHistoryRound round, boolean loading) {
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

    private State state(OutageHistoryRound round) {
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

    /** The process itself: its arguments are the number of the node, the URI of Redis and the URL of the table. */
    public static void main(String[] arguments) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        PrintStream told = new PrintStream(System.out, false, UTF_8);
        try (OutageNode node = new OutageNode(Integer.parseInt(arguments[0]), arguments[1], arguments[2])) {
            told.println(READY);
            told.flush();
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                node.answer(line).forEach(told::println);
                told.println(END);
                told.flush();
            }
        }
    }

    private List<String> answer(String line) throws Exception {
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
        List<String> lines = new ArrayList<>();
        look(round, loading).forEach((key, value) -> lines.add(key + "\t" + (value == null ? NULL : value)));
        return lines;
    }

    /** The same in a process of its own. */
    static final class InProcess implements Party {
        private final int number;
        private final ChildProcess process;

        /** Starts a process; it is ready when this returns. */
        InProcess(int number, String redisUri, String tableUrl) throws IOException {
            this.number = number;
            process = new ChildProcess(OutageNode.class, Integer.toString(number), redisUri, tableUrl);
            List<String> unused = process.hearUntil(READY);
        }

        @Override
        public Callable<OutageReport> begin(OutageHistoryRound round) {
            process.tell(ROUND + round.line());
            return () -> OutageReport.parse(process.hearUntil(END));
        }

        @Override
        public Map<String, @Nullable String> look(OutageHistoryRound round, boolean loading) throws IOException {
            process.tell(LOOK + loading + " " + round.line());
            Map<String, @Nullable String> seen = new HashMap<>();
            for (String line : process.hearUntil(END)) {
                String[] words = line.split("\t", -1);
                seen.put(words[0], words[1].equals(NULL) ? null : words[1]);
            }
            return seen;
        }

        @Override
        public State state(OutageHistoryRound round) throws IOException {
            process.tell(STATE + round.line());
            return State.parse(process.hearUntil(END).get(0));
        }

        @Override
        public void close() throws IOException {
            process.close();
        }

        @Override
        public String toString() {
            return "node " + number + ", a process of its own";
        }
    }
}
