package io.github.tieredjcache.integration.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.ChildProcess;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Table;
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
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * A node of a cache that writes through to a {@link Table}, with some threads, in this process or in one of its own: then a line for
 * a round or a look goes in, and the answer comes out.
 */
final class WritingNode implements WritingParty {
    static final Duration LEASE = Duration.ofMillis(500);
    static final Duration BOUND = Duration.ofSeconds(1);

    // One has a key, and two who wait for it share a lease.
    private static final int THREADS = 3;
    private static final String READY = "ready";
    private static final String END = "end";
    private static final String ROUND = "round ";
    private static final String LOOK = "look ";
    private static final String NULL = "-";

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
        Map<String, @Nullable String> seen = new HashMap<>();
        store.loads(loading);
        try {
            // The connection may have been cut a moment ago.
            Crew.until(() -> {
                try {
                    round.keys().forEach(key -> seen.put(key, cache.get(key)));
                    return true;
                } catch (CacheException e) {
                    return false;
                }
            });
        } finally {
            store.loads(true);
        }
        return seen;
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

    /** Starts a node in a process of its own; it is ready when this returns. */
    static InProcess start(int number, String redisUri, String tableUrl) throws IOException {
        return new InProcess(number, redisUri, tableUrl);
    }

    /** The process itself: its arguments are the number of the node, the URI of Redis and the URL of the table. */
    public static void main(String[] arguments) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        PrintStream told = new PrintStream(System.out, false, UTF_8);
        try (WritingNode node = new WritingNode(Integer.parseInt(arguments[0]), arguments[1], arguments[2])) {
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
            return begin(WrittenRound.parse(line.substring(ROUND.length())))
                    .call()
                    .lines();
        }
        boolean loading = line.startsWith(LOOK + true);
        WrittenRound round = WrittenRound.parse(line.substring((LOOK + loading + " ").length()));
        List<String> lines = new ArrayList<>();
        look(round, loading).forEach((key, value) -> lines.add(key + "\t" + (value == null ? NULL : value)));
        return lines;
    }

    /** The same in a process of its own. */
    static final class InProcess implements WritingParty {
        private final int number;
        private final ChildProcess process;

        /** Starts a process, and does not wait for it. */
        InProcess(int number, String redisUri, String tableUrl) throws IOException {
            this.number = number;
            process = new ChildProcess(WritingNode.class, Integer.toString(number), redisUri, tableUrl);
        }

        void awaitReady() throws IOException {
            List<String> unused = process.hearUntil(READY);
        }

        @Override
        public Callable<WrittenReport> begin(WrittenRound round) {
            process.tell(ROUND + round.line());
            return () -> WrittenReport.parse(process.hearUntil(END));
        }

        @Override
        public Map<String, @Nullable String> look(WrittenRound round, boolean loading) throws IOException {
            process.tell(LOOK + loading + " " + round.line());
            Map<String, @Nullable String> seen = new HashMap<>();
            for (String line : process.hearUntil(END)) {
                String[] words = line.split("\t", -1);
                seen.put(words[0], words[1].equals(NULL) ? null : words[1]);
            }
            return seen;
        }

        void stop() {
            process.stop();
        }

        void resume() {
            process.resume();
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
