package io.github.tieredjcache.integration.history;

import io.github.tieredjcache.LeaseLostException;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.integration.TableStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheWriterException;
import org.jspecify.annotations.Nullable;

/**
 * One thread of one node in a round with outages. It does what is drawn and looks at what it has written: at its own key, which
 * nobody else changes, nothing but its last value may be, or nothing if the cache has no source; at a key that others change too,
 * nothing that it has replaced or removed itself.
 */
final class OutageWorker implements Callable<OutageReport> {
    private static final int PAUSE_MAX_NANOS = 1_500_000;

    private final int node;
    private final int thread;
    private final Cache<String, String> cache;
    private final TableStore store;
    private final OutageHistoryRound round;
    private final SplittableRandom random;
    private final OutageReport report = new OutageReport();
    private final TierStatistics tiers;
    private final String author;
    private final String ownKey;
    private final Map<String, Set<String>> replaced = new HashMap<>();
    // What is there of a key by this thread's last change; a key whose last change has failed is in unsure.
    private final Map<String, @Nullable String> last = new HashMap<>();
    private final Set<String> unsure = new HashSet<>();
    private int count;
    // Of the node, when the operation under way began.
    private long localBefore;
    private long begunNanos;

    OutageWorker(int node, int thread, Cache<String, String> cache, TableStore store, OutageHistoryRound round) {
        this.node = node;
        this.thread = thread;
        this.cache = cache;
        this.tiers = cache.unwrap(TierStatistics.class);
        this.store = store;
        this.round = round;
        this.random = new SplittableRandom(round.seed() + 1_000L * node + thread);
        this.author = OutageHistoryRound.author(node, thread);
        this.ownKey = round.ownKey(node, thread);
    }

    /** Returns who wrote a value. */
    static String author(String value) {
        String[] words = value.split(":", -1);
        return words[1];
    }

    @Override
    public OutageReport call() {
        store.take(new Moods());
        while (System.nanoTime() < round.endNanos()) {
            if (random.nextInt(5) < 2) {
                change(ownKey);
            } else {
                workAtSharedKeys();
            }
            look(ownKey);
            LockSupport.parkNanos(random.nextInt(PAUSE_MAX_NANOS));
        }
        last.forEach((key, value) -> {
            if (!unsure.contains(key)) {
                report.last(key, author, value);
            }
        });
        return report;
    }

    private void workAtSharedKeys() {
        List<String> keys = round.sharedKeys();
        String key = keys.get(random.nextInt(keys.size()));
        int draw = random.nextInt(20);
        if (draw < 9) {
            change(key);
            look(key);
        } else if (draw == 9) {
            changeSome(keys);
        } else if (draw == 10 && random.nextInt(10) == 0) {
            guarded("clear", cache::clear);
        } else if (draw < 13) {
            guarded(
                    "getAll",
                    () -> cache.getAll(new HashSet<>(keys)).forEach((each, found) -> judge(each, found, false)));
        } else if (draw == 13) {
            guarded("containsKey", () -> {
                boolean unused = cache.containsKey(key);
            });
        } else {
            look(round.keys().get(random.nextInt(round.keys().size())));
        }
    }

    private void begin() {
        begunNanos = System.nanoTime();
        localBefore = tiers.localOperations();
        report.did(1, 0);
    }

    /** Changes one key, in one of the ways there are. */
    private void change(String key) {
        String value = key + ":" + author + ":" + count++;
        Done done = Done.NOTHING;
        List<TableStore.Call> unused = store.takeCalls();
        begin();
        try {
            done = change(key, value);
        } catch (CacheWriterException e) {
            // Refused on purpose, before the row was changed.
        } catch (CacheException e) {
            failed("a change of " + key, e);
            unsure.add(key);
        }
        if (store.takeCalls().size() > 1) {
            report.complain(this + ": the writer was called more than once for a change of " + key);
        }
        switch (done) {
            case STORED -> now(key, value);
            case REMOVED -> now(key, null);
            case NOTHING -> {}
        }
    }

    /** What came of a change. */
    private enum Done {
        STORED,
        REMOVED,
        NOTHING;

        static Done storedIf(boolean applied) {
            return applied ? STORED : NOTHING;
        }
    }

    private Done change(String key, String value) {
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> {
                cache.put(key, value);
                yield Done.STORED;
            }
            case 3 -> {
                judge(key, cache.getAndPut(key, value), false);
                yield Done.STORED;
            }
            case 4 -> Done.storedIf(cache.putIfAbsent(key, value));
            case 5 -> Done.storedIf(cache.replace(key, value));
            case 6 -> {
                String old = cache.getAndReplace(key, value);
                judge(key, old, false);
                yield Done.storedIf(old != null);
            }
            case 7 -> {
                judge(
                        key,
                        cache.<String>invoke(key, (entry, arguments) -> {
                            String old = entry.getValue();
                            entry.setValue(value);
                            return old;
                        }),
                        round.through());
                yield Done.STORED;
            }
            case 8 -> {
                boolean unused = cache.remove(key);
                // What is not in the cache is deleted from the table, too.
                yield Done.REMOVED;
            }
            case 9 -> {
                judge(key, cache.getAndRemove(key), false);
                yield Done.REMOVED;
            }
            case 10 -> {
                cache.removeAll(Set.of(key));
                yield Done.REMOVED;
            }
            default -> {
                String expected = last.get(key);
                yield Done.storedIf(expected != null && cache.replace(key, expected, value));
            }
        };
    }

    private void changeSome(List<String> keys) {
        Map<String, String> values = new HashMap<>();
        Set<String> drawn = new LinkedHashSet<>();
        drawn.add(keys.get(random.nextInt(keys.size())));
        drawn.add(keys.get(random.nextInt(keys.size())));
        drawn.forEach(key -> values.put(key, key + ":" + author + ":" + count++));
        boolean removes = random.nextInt(3) == 0;
        begin();
        try {
            if (removes) {
                cache.removeAll(drawn);
            } else {
                cache.putAll(values);
            }
            values.forEach((key, value) -> now(key, removes ? null : value));
        } catch (CacheWriterException e) {
            // The exception does not name the refused keys.
            unsure.addAll(drawn);
        } catch (CacheException e) {
            failed("a change of " + drawn, e);
            unsure.addAll(drawn);
        }
    }

    /** Takes note that this thread has changed a key. */
    private void now(String key, @Nullable String value) {
        unsure.remove(key);
        String before = last.put(key, value);
        if (before != null) {
            replaced.computeIfAbsent(key, same -> new HashSet<>()).add(before);
        }
    }

    private void look(String key) {
        guarded("get", () -> judge(key, cache.get(key), round.through()));
    }

    /** Judges what was found; {@code loads} says whether the source was called for an absent key. */
    private void judge(String key, @Nullable String found, boolean loads) {
        report.did(0, 1);
        if (found != null && replaced.getOrDefault(key, Set.of()).contains(found)) {
            report.complain(this + ": found " + found + ", which it had replaced, by now by " + last.get(key));
        }
        if (!key.equals(ownKey) || unsure.contains(key)) {
            return;
        }
        String written = last.get(key);
        if (found == null && !round.through()) {
            // The cache may forget; then it has forgotten. A node that answers while it cannot ask Redis only does not
            // know.
            if (tiers.localOperations() == localBefore) {
                now(key, null);
            }
        } else if (found == null ? loads && written != null : !found.equals(written)) {
            report.complain(this + ": found " + found + " at its own key, after it had written " + written);
            // Once is enough.
            unsure.add(key);
        }
    }

    private void guarded(String what, Runnable operation) {
        begin();
        try {
            operation.run();
        } catch (CacheException e) {
            failed(what, e);
        }
    }

    private void failed(String what, CacheException thrown) {
        if (thrown instanceof LeaseLostException && System.nanoTime() - begunNanos >= OutageNode.LEASE.toNanos()) {
            // This process was paused for longer than its lease, and the exception says so.
            return;
        }
        StringBuilder description = new StringBuilder(this + ": " + what + " failed: " + thrown);
        for (Throwable each = thrown.getCause(); each != null; each = each.getCause()) {
            description.append(", because of ").append(each);
        }
        for (StackTraceElement each : thrown.getStackTrace()) {
            if (description.length() < 1_500 && each.getClassName().startsWith("io.github.tieredjcache")) {
                description
                        .append(" at ")
                        .append(each.getFileName())
                        .append(':')
                        .append(each.getLineNumber());
            }
        }
        report.complain(description.toString());
    }

    @Override
    public String toString() {
        return "node " + node + ", thread " + thread + ", " + round.cache() + " round " + round.number();
    }

    /** The table is a little slow, at times slow enough that Redis goes meanwhile, and refuses now and then. */
    private final class Moods implements TableStore.Course {
        @Override
        public void beforeRead() {
            pause(random.nextInt(10) == 0 ? 20_000 : 100);
        }

        @Override
        public void beforeChange(String key) {
            if (random.nextInt(40) == 0) {
                throw new IllegalStateException("refused on purpose");
            }
            pause(300);
        }

        @Override
        public void afterChange(String key) {
            pause(random.nextInt(20) == 0 ? 50_000 : 300);
        }

        private void pause(int microsMax) {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(microsMax)));
        }
    }
}
