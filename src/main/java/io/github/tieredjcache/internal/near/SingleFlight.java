package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.coherence.FillTicket;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoaderException;
import org.jspecify.annotations.Nullable;

/**
 * One fetch of one key that all callers on this node share: the owner's thread fetches, the others wait for its result.
 *
 * @param <R> the type of the result
 */
public final class SingleFlight<R> {
    private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>(Thread.currentThread());
    private volatile boolean outlastsCompletion;
    private volatile boolean cancelled;
    private volatile boolean postponed;
    private volatile FillTicket ticket;
    private final CompletableFuture<R> completion = new CompletableFuture<>();

    SingleFlight(FillTicket ticket) {
        this.ticket = ticket;
    }

    /** Returns the current ticket: the one that was taken when the fetch began, or a renewed one. */
    public FillTicket ticket() {
        return ticket;
    }

    void renew(FillTicket next) {
        ticket.invalidate();
        ticket = next;
    }

    /** Makes the current thread the owner: the completion depends on it from now on. */
    public void takeOwnership() {
        owner.set(Thread.currentThread());
    }

    /** As {@link #takeOwnership}, for another thread. */
    public void setOwner(Thread other) {
        owner.set(other);
    }

    /** Removes the owner, so that the completion depends on no thread; does nothing if the owner has changed since. */
    public void clearOwner(Thread previousOwner) {
        boolean unused = owner.compareAndSet(previousOwner, null);
    }

    /**
     * Marks that the fetch goes on after its completion, whose result is for callers that do not wait for the end of
     * the fetch. Until then no other fetch of the key begins.
     */
    public void outlastCompletion() {
        outlastsCompletion = true;
    }

    /** Returns whether the fetch goes on after its completion. */
    public boolean outlastsCompletion() {
        return outlastsCompletion;
    }

    /** Returns whether the current thread is the owner, which would wait for itself. */
    public boolean isOwnedByMe() {
        return owner.get() == Thread.currentThread();
    }

    /** Marks a fetch that its owner makes only after another load, so that the owner must not wait for it before. */
    public void postpone() {
        postponed = true;
    }

    /** Marks that its owner makes the fetch now. */
    public void begin() {
        postponed = false;
    }

    /** Returns whether the owner makes the fetch only after another load. */
    public boolean isPostponed() {
        return postponed;
    }

    /** Returns the thread that the completion depends on; null while no thread runs the fetch. */
    @Nullable
    Thread owner() {
        return owner.get();
    }

    boolean hasEnded() {
        return completion.isDone();
    }

    /** Completes the fetch with a result. */
    public void complete(R result) {
        completion.complete(result);
    }

    /**
     * Completes the fetch with a failure, which all waiting callers get. If the current thread is interrupted, the
     * fetch is cancelled instead: the interruption does not concern the other callers.
     */
    public void fail(Throwable failure) {
        if (Thread.currentThread().isInterrupted()) {
            cancel();
        } else {
            completion.completeExceptionally(failure);
        }
    }

    void cancel() {
        cancelled = true;
        boolean unused = completion.cancel(false);
    }

    /** Returns whether the fetch was cancelled, so that its waiting callers must fetch again. */
    public boolean isCancelled() {
        return cancelled;
    }

    /**
     * Waits for the completion, without a bound: the user's loader takes as long as it takes.
     *
     * @return the result; null if the fetch was cancelled
     * @throws CacheLoaderException if the loader failed
     * @throws RemoteUnavailableException if Redis failed the fetch
     * @throws CacheException if something else failed or the thread was interrupted, which stays marked
     */
    @Nullable
    R await() {
        try {
            return completion.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException("interrupted while waiting for another thread's load of the same key", e);
        } catch (CancellationException e) {
            if (cancelled) {
                return null;
            }
            throw copyOf(e);
        } catch (ExecutionException e) {
            throw copyOf(e.getCause());
        }
    }

    /**
     * Waits until its owner makes the fetch, or has made it.
     *
     * @return false if it still postpones it after that time
     */
    boolean awaitTurn(long nanos) {
        try {
            if (postponed) {
                R unused = completion.get(nanos, TimeUnit.NANOSECONDS);
            }
            return true;
        } catch (TimeoutException e) {
            return !postponed;
        } catch (CancellationException | ExecutionException e) {
            return true;
        } catch (InterruptedException e) {
            // So that the wait for the result fails.
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static RuntimeException copyOf(@Nullable Throwable failure) {
        // Each caller gets its own exception: a shared one would carry the owner's stack and be mutated by many.
        if (failure instanceof CacheLoaderException loading) {
            Throwable cause = loading.getCause();
            return new CacheLoaderException(loading.getMessage(), cause == null ? loading : cause);
        }
        if (failure instanceof RemoteUnavailableException unavailable) {
            // Not the outcome of a change: a caller that has joined has made none.
            return new RemoteUnavailableException(
                    unavailable.kind(), String.valueOf(unavailable.getMessage()), unavailable);
        }
        return new CacheException("the shared load of this key failed", failure);
    }
}
