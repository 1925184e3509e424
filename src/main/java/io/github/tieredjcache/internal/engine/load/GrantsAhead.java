package io.github.tieredjcache.internal.engine.load;

import io.github.tieredjcache.internal.port.LoadGrant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A request for the load leases of a batch, on another thread, while the loader works on the batch before it.
 *
 * <p>A request that no thread has begun when its grants are needed runs on the thread that needs them: so it waits for
 * no free thread.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class GrantsAhead<K, V> implements Runnable {
    private final Supplier<Map<K, LoadGrant<V>>> request;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<Map<K, LoadGrant<V>>> grants = new CompletableFuture<>();

    GrantsAhead(Supplier<Map<K, LoadGrant<V>>> request) {
        this.request = request;
    }

    @Override
    public void run() {
        if (begun.compareAndSet(false, true)) {
            try {
                grants.complete(request.get());
            } catch (RuntimeException | Error e) {
                grants.completeExceptionally(e);
            }
        }
    }

    /** Returns the grants. A request that failed is made again, so that its failure is the caller's only if it lasts. */
    Map<K, LoadGrant<V>> await() {
        run();
        try {
            return grants.join();
        } catch (CompletionException e) {
            return request.get();
        }
    }

    /** Gives the leases back, as soon as they are granted; does not wait. */
    void abandon() {
        if (!begun.compareAndSet(false, true)) {
            var unused = grants.thenAccept(granted -> granted.values().forEach(LoadGrant::giveUp));
        }
    }
}
