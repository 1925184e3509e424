package io.github.tieredjcache.integration.history;

import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.history.Operation;
import io.github.tieredjcache.history.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/** One thread of one node in one round: it makes random calls and records the results. */
final class HistoryWorker implements Callable<List<Operation>> {
    private static final int PAUSE_MAX_NANOS = 400_000;

    private static final int SUCCESSES_DUE = 100;

    private final int node;
    private final int thread;
    private final Cache<String, String> cache;
    private final HistoryRound round;
    private final BooleanSupplier isOver;
    private final List<String> keys;
    private final SplittableRandom random;
    private final LastValues lastValues = new LastValues();
    private final List<Operation> operations = new ArrayList<>();
    private int count;
    // How many calls must succeed before the next one on many keys: each of unknown outcome makes the check longer.
    private int successesDue;

    HistoryWorker(int node, int thread, Cache<String, String> cache, HistoryRound round, BooleanSupplier isOver) {
        this.node = node;
        this.thread = thread;
        this.cache = cache;
        this.round = round;
        this.isOver = isOver;
        this.keys = round.keys();
        this.random = new SplittableRandom(round.seed() + 1_000L * node + thread);
    }

    @Override
    public List<Operation> call() {
        while (!isOver.getAsBoolean()) {
            operate();
            LockSupport.parkNanos(random.nextInt(PAUSE_MAX_NANOS));
        }
        return operations;
    }

    private void operate() {
        String key = keys.get(random.nextInt(keys.size()));
        Verb verb = drawn();
        if (successesDue > 0 && affected(verb, key).size() > 1) {
            return;
        }
        String value = round.number() + "." + node + "." + thread + "." + count++;
        String expected = lastValues.of(key);
        Set<String> affected = affected(verb, key);
        long callNanos = System.nanoTime();
        try {
            Object answer = answer(verb, key, affected, value, expected);
            long returnNanos = System.nanoTime();
            record(verb, affected, value, expected, answer == null ? null : answer.toString(), callNanos, returnNanos);
            successesDue = Math.max(0, successesDue - 1);
        } catch (CacheException e) {
            if (!verb.reads() && !isUnasked(e) && (affected.size() > 1 || mayHaveChanged(e))) {
                record(verb, affected, value, expected, null, callNanos, Operation.NEVER);
                successesDue = affected.size() > 1 ? SUCCESSES_DUE : successesDue;
            }
        }
    }

    /** Where the exception says that nothing was changed it is taken at its word: a trace of the change is a violation. */
    private static boolean mayHaveChanged(CacheException e) {
        return e instanceof OutcomeUnknownException || !(e instanceof RemoteUnavailableException);
    }

    /**
     * There are thousands of these in an outage; to treat each as a change that may still take effect would make the check endless. A call
     * on many keys that has changed some of them has an unknown outcome, though others were not sent.
     */
    private static boolean isUnasked(CacheException e) {
        return !(e instanceof OutcomeUnknownException)
                && e instanceof RemoteUnavailableException unavailable
                && unavailable.kind() == RemoteUnavailableException.Kind.UNAVAILABLE;
    }

    private Verb drawn() {
        int draw = random.nextInt(100);
        if (round.kind().keepsCopies() && random.nextInt(3) > 0) {
            return draw < 95 ? Verb.GET : Verb.CONTAINS;
        }
        if (draw < 25) {
            return Verb.GET;
        }
        if (draw < 40) {
            return Verb.PUT;
        }
        if (draw == 99) {
            return Verb.CLEAR;
        }
        Verb[] others = {
            Verb.CONTAINS,
            Verb.GET_AND_PUT,
            Verb.PUT_IF_ABSENT,
            Verb.PUT_IF_ABSENT,
            Verb.REPLACE,
            Verb.REPLACE_EXPECTED,
            Verb.REPLACE_EXPECTED,
            Verb.GET_AND_REPLACE,
            Verb.REMOVE,
            Verb.REMOVE_EXPECTED,
            Verb.GET_AND_REMOVE,
            Verb.REMOVE_ALL,
            Verb.INVOKE,
            Verb.INVOKE
        };
        return others[draw % others.length];
    }

    private Set<String> affected(Verb verb, String key) {
        return switch (verb) {
            case CLEAR -> Set.copyOf(keys);
            case REMOVE_ALL -> Set.of(key, keys.get((keys.indexOf(key) + 1) % keys.size()));
            default -> Set.of(key);
        };
    }

    private @Nullable Object answer(Verb verb, String key, Set<String> affected, String value, String expected) {
        return switch (verb) {
            case GET -> cache.get(key);
            case CONTAINS -> cache.containsKey(key);
            case PUT -> {
                cache.put(key, value);
                yield null;
            }
            case GET_AND_PUT -> cache.getAndPut(key, value);
            case PUT_IF_ABSENT -> cache.putIfAbsent(key, value);
            case REPLACE -> cache.replace(key, value);
            case REPLACE_EXPECTED -> cache.replace(key, expected, value);
            case GET_AND_REPLACE -> cache.getAndReplace(key, value);
            case REMOVE -> cache.remove(key);
            case REMOVE_EXPECTED -> cache.remove(key, expected);
            case GET_AND_REMOVE -> cache.getAndRemove(key);
            case REMOVE_ALL -> {
                cache.removeAll(affected);
                yield null;
            }
            case CLEAR -> {
                cache.clear();
                yield null;
            }
            case INVOKE ->
                cache.invoke(key, (entry, arguments) -> {
                    String before = entry.getValue();
                    entry.setValue(Operation.noted(value, before));
                    return before;
                });
        };
    }

    private void record(
            Verb verb,
            Set<String> affected,
            String value,
            String expected,
            @Nullable String answer,
            long callNanos,
            long returnNanos) {
        for (String key : affected) {
            Operation operation = new Operation(
                    node,
                    key,
                    verb,
                    verb.stores() ? value : null,
                    verb.compares() ? expected : null,
                    answer,
                    callNanos,
                    returnNanos);
            operations.add(operation);
            lastValues.record(operation);
        }
    }
}
