package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.RemoteUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Collects the replies of several servers to one query, until there are enough: a server that was cut off may have an
 * outdated view, and a frozen server must not delay the result. Safe for use by many threads.
 *
 * @param <T> the type of the replies
 */
final class ReplyQuorum<T> {
    /** How long to wait for more replies after the first one if there is no quorum. */
    private static final Duration STRAGGLERS = Duration.ofMillis(300);

    private final int queried;
    private final int quorum;
    private final boolean minorityDecides;
    private final String noReplyMessage;
    private final ScheduledExecutorService thread;
    private final CompletableFuture<List<T>> result = new CompletableFuture<>();
    // Guarded by this.
    private final List<T> replies = new ArrayList<>();
    private int failures;

    /**
     * Creates an empty quorum.
     *
     * @param queried how many servers are queried; positive
     * @param quorum how many replies decide at once
     * @param minorityDecides whether fewer replies decide when the others are late; if not, they decide only when every
     *     other server has failed or timed out
     * @param noReplyMessage the message of the failure if there is no reply
     */
    ReplyQuorum(
            int queried, int quorum, boolean minorityDecides, String noReplyMessage, ScheduledExecutorService thread) {
        this.queried = queried;
        this.quorum = quorum;
        this.minorityDecides = minorityDecides;
        this.noReplyMessage = noReplyMessage;
        this.thread = thread;
    }

    /** Returns the replies; fails if there is none. */
    CompletableFuture<List<T>> result() {
        return result;
    }

    /** Adds a reply or a failure. */
    void add(@Nullable T reply, @Nullable Throwable failure) {
        if (reply != null) {
            if (addReply(reply)) {
                complete();
            }
        } else if (failure != null && addFailure()) {
            completeOrFail(failure);
        }
    }

    private synchronized boolean addReply(T reply) {
        replies.add(reply);
        if (replies.size() == 1 && queried > 1 && minorityDecides) {
            var unused = thread.schedule(this::complete, STRAGGLERS.toMillis(), TimeUnit.MILLISECONDS);
        }
        return replies.size() >= quorum || replies.size() + failures == queried;
    }

    private synchronized boolean addFailure() {
        failures++;
        return replies.size() + failures == queried;
    }

    private void complete() {
        result.complete(replies());
    }

    private void completeOrFail(Throwable failure) {
        if (hasReplies()) {
            complete();
            return;
        }
        Throwable known = ExceptionTranslator.unwrapped(failure);
        result.completeExceptionally(
                known instanceof ExceptionTranslator.UnusableException
                        ? known
                        : new RemoteUnavailableException(
                                RemoteUnavailableException.Kind.CONNECTION,
                                noReplyMessage + "; the last failure: " + ExceptionTranslator.describe(failure),
                                null));
    }

    private synchronized boolean hasReplies() {
        return !replies.isEmpty();
    }

    private synchronized List<T> replies() {
        return List.copyOf(replies);
    }
}
