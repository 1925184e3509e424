package io.github.tieredjcache.integration.history;

import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.history.Operation;
import io.github.tieredjcache.integration.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.cache.Cache;
import javax.cache.expiry.ModifiedExpiryPolicy;

/** A node that takes part in a history with some threads, in this process; rounds of different kinds may run beside each other. */
final class HistoryNode implements AutoCloseable {
    private static final int THREADS = 2;

    private final int number;
    private final Node node;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<HistoryRound.Kind, Cache<String, String>> caches = new EnumMap<>(HistoryRound.Kind.class);

    HistoryNode(int number, String redisUri) {
        this.number = number;
        this.node = new Node(redisUri);
        for (HistoryRound.Kind kind : HistoryRound.Kind.values()) {
            caches.put(kind, open(kind));
        }
    }

    Cache<String, String> cache(HistoryRound.Kind kind) {
        return caches.get(kind);
    }

    private Cache<String, String> open(HistoryRound.Kind kind) {
        return node.cache(kind.name(), String.class, String.class, settings -> {
            // A connection that is cut in the middle of an invocation leaves a lease behind, and a round is short.
            settings.stalenessBound(HistoryRound.BOUND)
                    .with(TieredSetting.WRITE_LEASE, Duration.ofMillis(500))
                    .with(TieredSetting.WRITE_WAIT, Duration.ofSeconds(10));
            if (!kind.keepsCopies()) {
                settings.nearTimeToLive(Duration.ZERO);
            }
            return kind.lifetime().isZero()
                    ? settings
                    : settings.expiry(ModifiedExpiryPolicy.factoryOf(new javax.cache.expiry.Duration(
                            TimeUnit.MILLISECONDS, kind.lifetime().toMillis())));
        });
    }

    /** Begins a round; the result is there some time after its end. */
    Callable<List<Operation>> begin(HistoryRound round) {
        return begin(round, () -> System.nanoTime() >= round.endNanos());
    }

    /** Begins a round that ends when its workers, which ask after each call, are told that it is over; its own end has no meaning. */
    Callable<List<Operation>> begin(HistoryRound round, BooleanSupplier isOver) {
        List<Future<List<Operation>>> workers = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            workers.add(threads.submit(new HistoryWorker(number, thread, caches.get(round.kind()), round, isOver)));
        }
        return () -> {
            List<Operation> operations = new ArrayList<>();
            for (Future<List<Operation>> worker : workers) {
                operations.addAll(worker.get());
            }
            return operations;
        };
    }

    @Override
    public void close() {
        threads.shutdownNow();
        node.close();
    }

    /** A process of its own: the number of the node and the URI of Redis are its arguments. */
    public static void main(String[] arguments) throws Exception {
        try (HistoryNode node = new HistoryNode(Integer.parseInt(arguments[0]), arguments[1])) {
            PartyProcess.serve(round -> node.begin(HistoryRound.parse(round)).call().stream()
                    .map(Operation::line)
                    .toList());
        }
    }

    /** Begins a round in a process of its own; the result is there some time after its end. */
    static Callable<List<Operation>> begin(PartyProcess process, HistoryRound round) {
        Callable<List<String>> reply = process.send(round.line());
        return () -> reply.call().stream().map(Operation::parse).toList();
    }
}
