package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.entry.FillTicket;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoaderException;
import org.jspecify.annotations.Nullable;

/**
 * One fetch of one key that all callers of this node share: the first one flies, the others wait for what it brings.
 *
 * @param <R> what the fetch brings
 */
public final class Flight<R> {
    private volatile Thread pilot = Thread.currentThread();
    private volatile FillTicket ticket;
    private final CompletableFuture<R> landing = new CompletableFuture<>();

    Flight(FillTicket ticket) {
        this.ticket = ticket;
    }

    /** Returns the ticket that was taken when the flight began, or since. */
    public FillTicket ticket() {
        return ticket;
    }

    void renew(FillTicket next) {
        ticket.voidIt();
        ticket = next;
    }

    /** Says that the current thread is the one that the flight's end depends on now. */
    public void pilotedByMe() {
        pilot = Thread.currentThread();
    }

    /** Returns whether the flight's end depends on the current thread, which would wait for itself. */
    public boolean isPilotedByMe() {
        return pilot == Thread.currentThread();
    }

    Thread pilot() {
        return pilot;
    }

    boolean hasEnded() {
        return landing.isDone();
    }

    /** Ends the flight well. */
    public void land(R result) {
        landing.complete(result);
    }

    /** Ends the flight with a failure that all who wait get too. */
    public void crash(Throwable failure) {
        landing.completeExceptionally(failure);
    }

    /**
     * Waits for the end of the flight, as long as it takes: its time is the user's loader's.
     *
     * @throws CacheLoaderException if the loader failed
     * @throws CacheException if something else failed or the thread was interrupted, which stays marked
     */
    R await() {
        try {
            return landing.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException("interrupted while waiting for another thread's load of the same key", e);
        } catch (CancellationException e) {
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
