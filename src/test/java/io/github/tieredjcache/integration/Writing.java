package io.github.tieredjcache.integration;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.cache.Cache;
import org.jspecify.annotations.Nullable;

/** The ways to change the entry of one key, where it is {@link #OLD} or absent. */
public enum Writing {
    PUT,
    PUT_ALL,
    GET_AND_PUT,
    PUT_IF_ABSENT,
    REPLACE,
    REPLACE_EXPECTED,
    GET_AND_REPLACE,
    INVOKE_SET,
    REMOVE,
    REMOVE_ALL,
    REMOVE_EXPECTED,
    GET_AND_REMOVE,
    INVOKE_REMOVE;

    public static final String OLD = "old";
    public static final String NEW = "new";

    public static final List<Writing> OF_WHAT_IS_THERE =
            List.of(values()).stream().filter(each -> each != PUT_IF_ABSENT).toList();
    public static final List<Writing> OF_WHAT_IS_NOT = List.of(
            PUT, PUT_ALL, GET_AND_PUT, PUT_IF_ABSENT, INVOKE_SET, REMOVE, REMOVE_ALL, GET_AND_REMOVE, INVOKE_REMOVE);

    /** Returns whether it answers anything that depends on the entry. */
    public boolean answers() {
        return this != PUT && this != PUT_ALL && this != REMOVE_ALL;
    }

    public boolean removes() {
        return switch (this) {
            case REMOVE, REMOVE_ALL, REMOVE_EXPECTED, GET_AND_REMOVE, INVOKE_REMOVE -> true;
            default -> false;
        };
    }

    /** Returns what is there afterwards, null for nothing. */
    @Nullable
    public String result() {
        return removes() ? null : NEW;
    }

    /** Does it; returns the answer. */
    @Nullable
    public Object on(Cache<String, String> cache, String key) {
        return with(cache, key, NEW);
    }

    /** Does it with some value; returns the answer. */
    public <V> @Nullable Object with(Cache<String, V> cache, String key, V value) {
        switch (this) {
            case PUT -> cache.put(key, value);
            case PUT_ALL -> cache.putAll(Map.of(key, value));
            case REMOVE_ALL -> cache.removeAll(Set.of(key));
            default -> {
                return answer(cache, key, value);
            }
        }
        return null;
    }

    @SuppressWarnings("unchecked") // All values are texts where one is compared with.
    private <V> @Nullable Object answer(Cache<String, V> cache, String key, V value) {
        V old = (V) OLD;
        return switch (this) {
            case GET_AND_PUT -> cache.getAndPut(key, value);
            case PUT_IF_ABSENT -> cache.putIfAbsent(key, value);
            case REPLACE -> cache.replace(key, value);
            case REPLACE_EXPECTED -> cache.replace(key, old, value);
            case GET_AND_REPLACE -> cache.getAndReplace(key, value);
            case INVOKE_SET ->
                cache.<Object>invoke(key, (entry, arguments) -> {
                    entry.setValue(value);
                    return "set";
                });
            case REMOVE -> cache.remove(key);
            case REMOVE_EXPECTED -> cache.remove(key, old);
            case GET_AND_REMOVE -> cache.getAndRemove(key);
            case INVOKE_REMOVE ->
                cache.<Object>invoke(key, (entry, arguments) -> {
                    entry.remove();
                    return "removed";
                });
            default -> throw new IllegalStateException(Objects.toString(this));
        };
    }
}
