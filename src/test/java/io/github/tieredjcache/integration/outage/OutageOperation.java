package io.github.tieredjcache.integration.outage;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import javax.cache.Cache;
import javax.cache.integration.CompletionListenerFuture;
import javax.cache.processor.EntryProcessorResult;
import org.jspecify.annotations.Nullable;

/** Every method of a cache, how it is called for some keys, and what it must do with an entry, by the rules of JCache. */
enum OutageOperation {
    GET(Reach.KEY, Effect.LOAD),
    GET_ALL(Reach.KEYS, Effect.LOAD),
    CONTAINS_KEY(Reach.KEY, Effect.NONE),
    LOAD_ALL(Reach.KEYS, Effect.RELOAD),
    PUT(Reach.KEY, Effect.STORE),
    GET_AND_PUT(Reach.KEY, Effect.STORE),
    PUT_ALL(Reach.KEYS, Effect.STORE),
    PUT_IF_ABSENT(Reach.KEY, Effect.STORE_IF_ABSENT),
    REMOVE(Reach.KEY, Effect.REMOVE),
    REMOVE_EXPECTED(Reach.KEY, Effect.REMOVE_IF_PRESENT),
    GET_AND_REMOVE(Reach.KEY, Effect.REMOVE),
    REPLACE_EXPECTED(Reach.KEY, Effect.STORE_IF_PRESENT),
    REPLACE(Reach.KEY, Effect.STORE_IF_PRESENT),
    GET_AND_REPLACE(Reach.KEY, Effect.STORE_IF_PRESENT),
    REMOVE_ALL_OF_KEYS(Reach.KEYS, Effect.REMOVE),
    REMOVE_ALL(Reach.CACHE, Effect.REMOVE_IF_PRESENT),
    CLEAR(Reach.CACHE, Effect.FORGET),
    INVOKE_SET(Reach.KEY, Effect.STORE),
    INVOKE_REMOVE(Reach.KEY, Effect.REMOVE),
    INVOKE_LOOK(Reach.KEY, Effect.LOAD),
    INVOKE_ALL(Reach.KEYS, Effect.STORE),
    ITERATOR(Reach.CACHE, Effect.NONE),
    ITERATOR_REMOVE(Reach.CACHE, Effect.REMOVE_IF_PRESENT);

    static final String NEW = "new";
    private static final String ANYTHING = "anything";

    /** What one call is about. */
    enum Reach {
        KEY,
        KEYS,
        CACHE
    }

    /** What becomes of an entry. */
    enum Effect {
        NONE,
        LOAD,
        RELOAD,
        STORE,
        STORE_IF_ABSENT,
        STORE_IF_PRESENT,
        REMOVE,
        REMOVE_IF_PRESENT,
        /** Without the writer. */
        FORGET
    }

    final Reach reach;
    final Effect effect;

    OutageOperation(Reach reach, Effect effect) {
        this.reach = reach;
        this.effect = effect;
    }

    /** Returns whether it changes an entry, perhaps. */
    boolean changes() {
        return effect != Effect.NONE && effect != Effect.LOAD && effect != Effect.RELOAD;
    }

    /** Returns whether the entry, whatever it was, has gone when it has succeeded. */
    boolean removes() {
        return effect == Effect.REMOVE || effect == Effect.FORGET || this == REMOVE_ALL;
    }

    /** Returns whether it is done with a lease of the key, though it may change nothing. */
    boolean isInvocation() {
        return this == INVOKE_SET || this == INVOKE_REMOVE || this == INVOKE_LOOK || this == INVOKE_ALL;
    }

    /**
     * Calls it.
     *
     * @param keys what it is about, and the values that they had at first; one if it is about one
     * @return what it has answered, by key; nothing for a key is null
     */
    Map<String, Object> call(Cache<String, String> cache, Map<String, String> keys) {
        return switch (reach) {
            case KEY -> {
                Map.Entry<String, String> only = keys.entrySet().iterator().next();
                Object answer = callForKey(cache, only.getKey(), only.getValue());
                yield answer == null ? Map.of() : Map.of(only.getKey(), answer);
            }
            case KEYS -> callForKeys(cache, keys.keySet());
            case CACHE -> callForCache(cache);
        };
    }

    private @Nullable Object callForKey(Cache<String, String> cache, String key, String initial) {
        String expected = initial.isEmpty() ? ANYTHING : initial;
        return switch (this) {
            case GET -> cache.get(key);
            case CONTAINS_KEY -> cache.containsKey(key);
            case PUT -> {
                cache.put(key, NEW);
                yield null;
            }
            case GET_AND_PUT -> cache.getAndPut(key, NEW);
            case PUT_IF_ABSENT -> cache.putIfAbsent(key, NEW);
            case REMOVE -> cache.remove(key);
            case REMOVE_EXPECTED -> cache.remove(key, expected);
            case GET_AND_REMOVE -> cache.getAndRemove(key);
            case REPLACE_EXPECTED -> cache.replace(key, expected, NEW);
            case REPLACE -> cache.replace(key, NEW);
            case GET_AND_REPLACE -> cache.getAndReplace(key, NEW);
            case INVOKE_SET ->
                cache.invoke(key, (entry, arguments) -> {
                    entry.setValue(NEW);
                    return null;
                });
            case INVOKE_REMOVE ->
                cache.invoke(key, (entry, arguments) -> {
                    boolean existed = entry.exists();
                    entry.remove();
                    return existed;
                });
            case INVOKE_LOOK -> cache.invoke(key, (entry, arguments) -> entry.getValue());
            default -> throw new AssertionError(this);
        };
    }

    private Map<String, Object> callForKeys(Cache<String, String> cache, Set<String> keys) {
        Map<String, Object> answers = new HashMap<>();
        switch (this) {
            case GET_ALL -> answers.putAll(cache.getAll(keys));
            case LOAD_ALL -> loadAll(cache, keys);
            case PUT_ALL -> {
                Map<String, String> all = new HashMap<>();
                keys.forEach(key -> all.put(key, NEW));
                cache.putAll(all);
            }
            case REMOVE_ALL_OF_KEYS -> cache.removeAll(keys);
            case INVOKE_ALL -> {
                Map<String, EntryProcessorResult<String>> results = cache.invokeAll(keys, (entry, arguments) -> {
                    String before = entry.getValue();
                    entry.setValue(NEW);
                    return before;
                });
                results.forEach((key, result) -> answers.put(key, result.get()));
            }
            default -> throw new AssertionError(this);
        }
        return answers;
    }

    private static void loadAll(Cache<String, String> cache, Set<String> keys) {
        CompletionListenerFuture loaded = new CompletionListenerFuture();
        cache.loadAll(keys, true, loaded);
        try {
            loaded.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError(e);
        }
    }

    private Map<String, Object> callForCache(Cache<String, String> cache) {
        Map<String, Object> answers = new HashMap<>();
        switch (this) {
            case REMOVE_ALL -> cache.removeAll();
            case CLEAR -> cache.clear();
            case ITERATOR, ITERATOR_REMOVE -> {
                Iterator<Cache.Entry<String, String>> entries = cache.iterator();
                while (entries.hasNext()) {
                    Cache.Entry<String, String> entry = entries.next();
                    Object twice = answers.put(entry.getKey(), entry.getValue());
                    if (twice != null) {
                        throw new AssertionError("shown twice: " + entry.getKey());
                    }
                    if (this == ITERATOR_REMOVE) {
                        entries.remove();
                    }
                }
            }
            default -> throw new AssertionError(this);
        }
        return answers;
    }

    /**
     * Returns what it must answer.
     *
     * @param known what the cache has
     * @param row what the source has
     * @param initial what the cache had at first, empty for nothing
     */
    @Nullable
    Object answer(@Nullable String known, @Nullable String row, String initial) {
        return switch (this) {
            case GET, GET_ALL, INVOKE_LOOK, INVOKE_ALL -> known == null ? row : known;
            case CONTAINS_KEY, REMOVE, REPLACE, INVOKE_REMOVE -> known != null;
            case GET_AND_PUT, GET_AND_REMOVE, GET_AND_REPLACE, ITERATOR, ITERATOR_REMOVE -> known;
            case PUT_IF_ABSENT -> known == null;
            case REMOVE_EXPECTED, REPLACE_EXPECTED -> (initial.isEmpty() ? ANYTHING : initial).equals(known);
            case LOAD_ALL, PUT, PUT_ALL, REMOVE_ALL_OF_KEYS, REMOVE_ALL, CLEAR, INVOKE_SET -> null;
        };
    }

    /** Returns what the cache must have afterwards; the parameters are those of {@link #answer}. */
    @Nullable
    String after(@Nullable String known, @Nullable String row) {
        return switch (effect) {
            case NONE -> known;
            case LOAD -> known == null ? row : known;
            case RELOAD -> row == null ? known : row;
            case STORE -> NEW;
            case STORE_IF_ABSENT -> known == null ? NEW : known;
            case STORE_IF_PRESENT -> known == null ? null : NEW;
            case REMOVE, REMOVE_IF_PRESENT, FORGET -> null;
        };
    }

    /** Returns what the source must have afterwards, if it has a writer; the parameters are those of {@link #answer}. */
    @Nullable
    String rowAfter(@Nullable String known, @Nullable String row) {
        return switch (effect) {
            case NONE, LOAD, RELOAD, FORGET -> row;
            case STORE -> NEW;
            case STORE_IF_ABSENT -> known == null ? NEW : row;
            case STORE_IF_PRESENT -> known == null ? row : NEW;
            case REMOVE -> null;
            case REMOVE_IF_PRESENT -> known == null ? row : null;
        };
    }
}
