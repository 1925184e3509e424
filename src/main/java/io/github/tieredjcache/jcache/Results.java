package io.github.tieredjcache.jcache;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import javax.cache.processor.EntryProcessorException;
import javax.cache.processor.EntryProcessorResult;
import org.jspecify.annotations.Nullable;

/** Collects the results of {@code invokeAll}: omits null results; the {@code get} of a failed result throws. */
final class Results {
    private Results() {}

    static <K, T> Map<K, EntryProcessorResult<T>> of(Set<? extends K> keys, Function<K, @Nullable T> invocation) {
        Map<K, EntryProcessorResult<T>> results = new LinkedHashMap<>();
        for (K key : keys) {
            EntryProcessorResult<T> result = resultOf(key, invocation);
            if (result != null) {
                results.put(key, result);
            }
        }
        return results;
    }

    private static <K, T> @Nullable EntryProcessorResult<T> resultOf(K key, Function<K, @Nullable T> invocation) {
        try {
            T result = invocation.apply(key);
            return result == null ? null : () -> result;
        } catch (RuntimeException e) {
            EntryProcessorException failure = e instanceof EntryProcessorException thrown
                    ? thrown
                    : new EntryProcessorException("the entry processor's change could not be committed", e);
            return () -> {
                throw failure;
            };
        }
    }
}
