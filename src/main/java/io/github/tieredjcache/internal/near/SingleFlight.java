package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.coherence.FillTicket;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoaderException;
import org.jspecify.annotations.Nullable;

/**
 * One fetch of one key that all callers of this node share: the first one flies, the others wait for what it brings.
 *
 * @param <R> what the fetch brings
 */
public final class SingleFlight<R> {
    private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>(Thread.currentThread());
    private volatile boolean outlastsCompletion;
    private volatile boolean brokenOff;
    private volatile FillTicket ticket;
    private final CompletableFuture<R> completion = new CompletableFuture<>();

    SingleFlight(FillTicket ticket) {
        this.ticket = ticket;
    }

    /** Returns the ticket that was taken when the flight began, or since. */
    public FillTicket ticket() {
        return ticket;
    }

    void renew(FillTicket next) {
        ticket.invalidate();
        ticket = next;
    }

    /** Says that the current thread is the one that the flight's end depends on now. */
    public void ownedByMe() {
        owner.set(Thread.currentThread());
    }

    /** As {@link #ownedByMe}, of another thread. */
    public void ownedBy(Thread other) {
        owner.set(other);
    }

    /** Says that the flight's end does not depend on a thread any more; if another one pilots it, that one goes on. */
    public void releasedBy(Thread pilotBefore) {
        boolean unused = owner.compareAndSet(pilotBefore, null);
    }

    /**
     * Says that the flight goes on when it has landed: what it lands is for those who do not want to wait for the end. Until then
     * no other flight of the key begins.
     */
    public void outlastCompletion() {
        outlastsCompletion = true;
    }

    /** Returns whether the flight goes on when it has landed. */
    public boolean outlastsCompletion() {
        return outlastsCompletion;
    }

    /** Returns whether the flight's end depends on the current thread, which would wait for itself. */
    public boolean isOwnedByMe() {
        return owner.get() == Thread.currentThread();
    }

    /** Returns the thread that the flight's end depends on; null while it waits for one. */
    @Nullable
    Thread owner() {
        return owner.get();
    }

    boolean hasEnded() {
        return completion.isDone();
    }

    /** Ends the flight well. */
    public void complete(R result) {
        completion.complete(result);
    }

    /**
     * Ends the flight with a failure that all who wait get too; unless the current thread is interrupted: that is no matter of
     * those who wait, so then the flight is broken off.
     */
    public void fail(Throwable failure) {
        if (Thread.currentThread().isInterrupted()) {
            brokenOff = true;
            boolean unused = completion.cancel(false);
        } else {
            completion.completeExceptionally(failure);
        }
    }

    /** Returns whether whoever waited must look for himself. */
    public boolean isBrokenOff() {
        return brokenOff;
    }

    /**
     * Waits for the end of the flight, as long as it takes: its time is the user's loader's.
     *
     * @return what it brought; null if it was broken off
     * @throws CacheLoaderException if the loader failed
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
            if (brokenOff) {
                return null;
            }
            throw sameFailure(e);
        } catch (ExecutionException e) {
            throw sameFailure(e.getCause());
        }
    }

    private static RuntimeException sameFailure(@Nullable Throwable failure) {
        // Each caller gets an exception of its own: a shared one would carry the pilot's stack and be mutated by many.
        if (failure instanceof CacheLoaderException loading) {
            Throwable cause = loading.getCause();
            return new CacheLoaderException(loading.getMessage(), cause == null ? loading : cause);
        }
        return new CacheException("the shared load of this key failed", failure);
    }
}
