package io.github.tieredjcache.integration.history;

import io.github.tieredjcache.history.Operation;
import io.github.tieredjcache.history.Verb;
import io.github.tieredjcache.integration.TableStore;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
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
 * One thread of one node in one round: it does what is drawn, records the results, and compares them with what the writer
 * was asked. An operation that failed before the writer changed a row has not happened, and is not recorded.
 */
final class WritingWorker implements Callable<WrittenReport> {
    private static final int KEYS_OF_A_BULK = 3;
    private static final int PAUSE_MAX_NANOS = 400_000;
    private static final List<Deed> DEEDS = Arrays.stream(Deed.values())
            .flatMap(each -> Collections.nCopies(each.share(), each).stream())
            .toList();

    private final int node;
    private final int thread;
    private final Cache<String, String> cache;
    private final TableStore store;
    private final WrittenRound round;
    private final SplittableRandom random;
    private final LastValues lastValues = new LastValues();
    private final WrittenReport report = new WrittenReport();
    private int count;

    WritingWorker(int node, int thread, Cache<String, String> cache, TableStore store, WrittenRound round) {
        this.node = node;
        this.thread = thread;
        this.cache = cache;
        this.store = store;
        this.round = round;
        this.random = new SplittableRandom(round.seed() + 1_000L * node + thread);
    }

    @Override
    public WrittenReport call() {
        store.take(new Moods());
        while (System.nanoTime() < round.endNanos()) {
            operate();
            LockSupport.parkNanos(random.nextInt(PAUSE_MAX_NANOS));
        }
        return report;
    }

    private void operate() {
        Deed deed = DEEDS.get(random.nextInt(DEEDS.size()));
        Map<String, String> values = values(deed);
        String key = values.keySet().iterator().next();
        String expected = lastValues.of(key);
        long callNanos = System.nanoTime();
        Object answer = null;
        CacheException thrown = null;
        try {
            answer = answer(deed, key, values, expected);
        } catch (CacheException e) {
            thrown = e;
        }
        long returnNanos = System.nanoTime();
        List<TableStore.Call> calls = store.takeCalls();
        report.did(calls, thrown);
        for (Map.Entry<String, String> each : values.entrySet()) {
            Object answered = answer instanceof Map<?, ?> found ? found.get(each.getKey()) : answer;
            Effect effect = new Effect(deed, each.getKey(), each.getValue(), expected, answered, thrown, calls);
            // A writer that failed for a part of the keys hides what went wrong with others.
            boolean known = thrown == null
                    || (thrown instanceof CacheWriterException && round.trouble() == WrittenRound.Trouble.NONE);
            String wrong = effect.whatIsWrong();
            if (wrong != null) {
                report.complain("node " + node + ", " + deed + " of " + each + ", answer " + answered + ", thrown "
                        + thrown + ", writer " + calls + ": " + wrong);
            }
            if (thrown == null || effect.isDone()) {
                record(
                        known
                                ? effect.operation(node, callNanos, returnNanos)
                                : effect.operationOfUnknownOutcome(node, callNanos));
            }
        }
    }

    /** Draws the keys and what each of them would hold; no value is drawn twice. */
    private Map<String, String> values(Deed deed) {
        List<String> keys = round.keys();
        Set<String> drawn = new LinkedHashSet<>();
        int size = deed.isBulk() ? KEYS_OF_A_BULK : 1;
        while (drawn.size() < size) {
            drawn.add(keys.get(random.nextInt(keys.size())));
        }
        String value = node + "." + thread + "." + count++;
        Map<String, String> values = new LinkedHashMap<>();
        drawn.forEach(key -> values.put(key, key + ":" + value));
        return values;
    }

    private @Nullable Object answer(Deed deed, String key, Map<String, String> values, String expected) {
        String value = values.get(key);
        return switch (deed) {
            case GET -> cache.get(key);
            case GET_ALL -> cache.getAll(values.keySet());
            case PUT -> {
                cache.put(key, value);
                yield null;
            }
            case PUT_ALL -> {
                cache.putAll(values);
                yield null;
            }
            case PUT_IF_ABSENT -> cache.putIfAbsent(key, value);
            case REPLACE -> cache.replace(key, value);
            case REPLACE_EXPECTED -> cache.replace(key, expected, value);
            case GET_AND_PUT -> cache.getAndPut(key, value);
            case GET_AND_REPLACE -> cache.getAndReplace(key, value);
            case REMOVE -> cache.remove(key);
            case REMOVE_EXPECTED -> cache.remove(key, expected);
            case GET_AND_REMOVE -> cache.getAndRemove(key);
            case REMOVE_ALL -> {
                cache.removeAll(values.keySet());
                yield null;
            }
            case INVOKE_SET ->
                cache.<String>invoke(key, (entry, arguments) -> {
                    String before = entry.getValue();
                    entry.setValue(Operation.noted(value, before));
                    return before;
                });
            case INVOKE_REMOVE ->
                cache.<String>invoke(key, (entry, arguments) -> {
                    // What a look would load and a removal undo is never removed from the source.
                    String before = entry.exists() ? entry.getValue() : null;
                    entry.remove();
                    return before;
                });
            case INVOKE_LOOK -> cache.<String>invoke(key, (entry, arguments) -> entry.getValue());
        };
    }

    private void record(Operation operation) {
        report.record(operation);
        lastValues.record(operation);
    }

    /** What an operation came to for one of its keys. */
    private record Effect(
            Deed deed,
            String key,
            String value,
            String expected,
            @Nullable Object answer,
            @Nullable CacheException thrown,
            List<TableStore.Call> calls) {
        private List<TableStore.Call> callsOfKey() {
            return calls.stream().filter(each -> each.key().equals(key)).toList();
        }

        /** Returns whether the writer has changed the row. */
        boolean isDone() {
            return callsOfKey().stream().anyMatch(TableStore.Call::done);
        }

        Operation operation(int node, long callNanos, long returnNanos) {
            Verb verb = deed.verb();
            return new Operation(
                    node,
                    key,
                    verb,
                    verb.stores() ? value : null,
                    verb.compares() ? expected : null,
                    answer == null ? null : answer.toString(),
                    callNanos,
                    returnNanos);
        }

        /** Returns what the writer has done to the row; later reads may see it. */
        Operation operationOfUnknownOutcome(int node, long callNanos) {
            String written = callsOfKey().get(0).value();
            Verb verb = written == null ? Verb.REMOVE_ALL : Verb.PUT;
            return new Operation(node, key, verb, written, null, null, callNanos, Operation.NEVER);
        }

        /** Returns which call of the writer was missing, repeated or failed without an exception; null if none. */
        @Nullable
        String whatIsWrong() {
            List<TableStore.Call> asked = callsOfKey();
            boolean all = calls.stream().allMatch(TableStore.Call::done);
            if (thrown == null) {
                int times = deed.changed(answer) ? 1 : 0;
                return asked.size() != times || !all || asked.stream().anyMatch(each -> !isRight(each))
                        ? "the writer was to be called " + times + " times for " + key
                        : null;
            }
            if (asked.size() > 1) {
                return "the writer was called more than once for " + key;
            }
            boolean refused = thrown instanceof CacheWriterException;
            return refused && all
                    ? "the writer did not fail"
                    : !refused && !all ? "the writer's failure is lost" : null;
        }

        private boolean isRight(TableStore.Call call) {
            String stored = deed == Deed.INVOKE_SET ? Operation.noted(value, (String) answer) : value;
            return deed.verb().stores() ? stored.equals(call.value()) : call.value() == null;
        }
    }

    /** The table is a little slow, at times for longer than a write lease lasts, and fails now and then before it does anything. */
    private final class Moods implements TableStore.Course {
        @Override
        public void beforeRead() {
            pause(random.nextInt(8) == 0 ? 1_000 : 50);
        }

        @Override
        public void beforeChange(String key) {
            if (random.nextInt(25) == 0) {
                throw new IllegalStateException("refused on purpose");
            }
            if (random.nextInt(3_000) == 0) {
                LockSupport.parkNanos(TimeUnit.NANOSECONDS.convert(
                        WritingNode.LEASE.multipliedBy(3).dividedBy(2)));
            }
            // A process that is stopped shall be right here.
            boolean slow =
                    round.trouble() == WrittenRound.Trouble.STOPS ? random.nextBoolean() : random.nextInt(25) == 0;
            pause(slow ? 20_000 : 300);
        }

        @Override
        public void afterChange(String key) {
            pause(random.nextInt(25) == 0 ? 10_000 : 300);
        }

        private void pause(int microsMax) {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(microsMax)));
        }
    }
}
