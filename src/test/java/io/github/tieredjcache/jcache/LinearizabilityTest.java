package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The operations of several threads on one key are linearizable: for each short history there is a sequential order in
 * which every result is right, and in which an operation that ended before another began comes before it.
 */
class LinearizabilityTest {
    private static final int ROUNDS = 1_500;
    private static final int THREADS = 3;
    private static final int OPERATIONS = 5;
    private static final String LOADED = "loaded";

    private final NearOnly node = new NearOnly();
    private final AtomicLong time = new AtomicLong();

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void withoutALoader() throws Exception {
        check(false, builder -> builder);
    }

    @Test
    void withALoader() throws Exception {
        check(
                true,
                builder -> builder.readThrough(NearOnly.factory(new CacheLoader<>() {
                    @Override
                    public String load(String key) {
                        return LOADED;
                    }

                    @Override
                    public Map<String, String> loadAll(Iterable<? extends String> keys) {
                        Map<String, String> all = new HashMap<>();
                        keys.forEach(key -> all.put(key, LOADED));
                        return all;
                    }
                })));
    }

    private void check(
            boolean loads, UnaryOperator<io.github.tieredjcache.TieredConfiguration.Builder<String, String>> settings)
            throws Exception {
        Cache<String, String> cache = node.strings(settings);
        AtomicLong seeds = new AtomicLong();
        CyclicBarrier begin = new CyclicBarrier(THREADS);
        List<List<Done>> perRound = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            perRound.add(java.util.Collections.synchronizedList(new ArrayList<>()));
        }
        Crew.together(THREADS, () -> {
            Random random = new Random(seeds.getAndIncrement());
            for (int round = 0; round < ROUNDS; round++) {
                begin.await(120, TimeUnit.SECONDS);
                for (int i = 0; i < OPERATIONS; i++) {
                    perRound.get(round).add(run(cache, "key" + round, random));
                }
            }
            return null;
        });
        for (int round = 0; round < ROUNDS; round++) {
            List<Done> history = perRound.get(round);
            history.sort(java.util.Comparator.comparingLong(Done::from));
            int number = round;
            assertTrue(
                    new Checker(history, loads).canBeOrdered(),
                    () -> "no order explains round " + number + ":\n  "
                            + String.join(
                                    "\n  ", history.stream().map(Done::toString).toList()));
        }
    }

    private Done run(Cache<String, String> cache, String key, Random random) {
        Verb verb = Verb.values()[random.nextInt(Verb.values().length)];
        // Few values, so that conditions match sometimes; unique values would hide ABA errors.
        String value = "v" + random.nextInt(3);
        String expected = "v" + random.nextInt(3);
        long from = time.incrementAndGet();
        Object answer = switch (verb) {
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
            case REMOVE -> cache.remove(key);
            case GET_AND_REMOVE -> cache.getAndRemove(key);
            case REMOVE_ALL -> {
                cache.removeAll(Set.of(key));
                yield null;
            }
            case CLEAR -> {
                cache.clear();
                yield null;
            }
            case INVOKE ->
                cache.invoke(key, (entry, arguments) -> {
                    String before = entry.exists() ? entry.getValue() : null;
                    entry.setValue(value);
                    return before;
                });
        };
        return new Done(verb, expected, value, answer, from, time.incrementAndGet());
    }

    private enum Verb {
        GET,
        CONTAINS,
        PUT,
        GET_AND_PUT,
        PUT_IF_ABSENT,
        REPLACE,
        REPLACE_EXPECTED,
        REMOVE,
        GET_AND_REMOVE,
        REMOVE_ALL,
        CLEAR,
        INVOKE
    }

    /** A completed operation, with its result, begin and end. */
    private record Done(Verb verb, String expected, String value, Object answer, long from, long to) {
        /** Returns the possible values after this operation on a value; none if the result is wrong. */
        Set<String> after(String held, boolean loads) {
            return switch (verb) {
                case GET -> {
                    if (held == null && loads) {
                        yield LOADED.equals(answer) ? states(null, LOADED) : states();
                    }
                    yield same(held, answer) ? states(held) : states();
                }
                case CONTAINS -> same(held != null, answer) ? states(held) : states();
                case PUT -> states(value);
                case GET_AND_PUT, INVOKE -> same(held, answer) ? states(value) : states();
                case PUT_IF_ABSENT -> decided(held == null, held);
                case REPLACE -> decided(held != null, held);
                case REPLACE_EXPECTED -> decided(expected.equals(held), held);
                case REMOVE -> same(held != null, answer) ? states((String) null) : states();
                case GET_AND_REMOVE -> same(held, answer) ? states((String) null) : states();
                case REMOVE_ALL, CLEAR -> states((String) null);
            };
        }

        private Set<String> decided(boolean acts, String held) {
            if (!same(acts, answer)) {
                return states();
            }
            return states(acts ? value : held);
        }

        private static boolean same(Object expected, Object answered) {
            return java.util.Objects.equals(expected, answered);
        }

        private static Set<String> states(String... states) {
            return new HashSet<>(java.util.Arrays.asList(states));
        }
    }

    /** Searches an order depth first, and remembers dead ends (Wing and Gong 1993, Lowe 2017). */
    private static final class Checker {
        private final List<Done> history;
        private final boolean loads;
        private final Set<List<Object>> hopeless = new HashSet<>();

        Checker(List<Done> history, boolean loads) {
            this.history = history;
            this.loads = loads;
        }

        boolean canBeOrdered() {
            return canBeOrdered(0, null);
        }

        private boolean canBeOrdered(int done, String held) {
            if (done == (1 << history.size()) - 1) {
                return true;
            }
            List<Object> state = java.util.Arrays.asList(done, held);
            if (hopeless.contains(state)) {
                return false;
            }
            long firstEnd = Long.MAX_VALUE;
            for (int i = 0; i < history.size(); i++) {
                if ((done & 1 << i) == 0) {
                    firstEnd = Math.min(firstEnd, history.get(i).to());
                }
            }
            for (int i = 0; i < history.size(); i++) {
                // The next operation must have begun before any remaining operation ended.
                if ((done & 1 << i) == 0 && history.get(i).from() < firstEnd) {
                    for (String next : history.get(i).after(held, loads)) {
                        if (canBeOrdered(done | 1 << i, next)) {
                            return true;
                        }
                    }
                }
            }
            hopeless.add(state);
            return false;
        }
    }
}
