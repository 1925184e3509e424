package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.port.RemoteUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The answers of several to one question: which server is the master.
 *
 * <p>The answer with the greatest term is taken, as soon as there are enough of them: a server that was cut off knows an earlier master,
 * and one that is frozen must not be waited for. Safe for use by many threads.
 */
final class MasterQuorum {
    /** How long those are waited for that have not answered when one has, and there are not enough. */
    private static final Duration LAGGARDS = Duration.ofMillis(300);

    private final int asked;
    private final int enough;
    private final boolean fewAreEnough;
    private final String nobodyKnows;
    private final ScheduledExecutorService thread;
    private final CompletableFuture<Master> result = new CompletableFuture<>();
    // Guarded by this.
    private final List<Master> answers = new ArrayList<>();
    private int failures;

    /**
     * Begins to wait.
     *
     * @param asked how many are asked; positive
     * @param enough how many answers are
     * @param fewAreEnough whether fewer answers decide when the others are late; if not, they decide only when every other server has
     *     failed or timed out
     * @param nobodyKnows what is to be said if there is none
     */
    MasterQuorum(int asked, int enough, boolean fewAreEnough, String nobodyKnows, ScheduledExecutorService thread) {
        this.asked = asked;
        this.enough = enough;
        this.fewAreEnough = fewAreEnough;
        this.nobodyKnows = nobodyKnows;
        this.thread = thread;
    }

    /** Returns what comes of it. */
    CompletableFuture<Master> result() {
        return result;
    }

    /** Takes an answer, or why there is none. */
    void take(@Nullable Master answer, @Nullable Throwable failure) {
        if (answer != null) {
            if (isEnough(answer)) {
                complete();
            }
        } else if (failure != null && isLast()) {
            completeOrFail(failure);
        }
    }

    private synchronized boolean isEnough(Master answer) {
        answers.add(answer);
        if (answers.size() == 1 && asked > 1 && fewAreEnough) {
            var unused = thread.schedule(this::complete, LAGGARDS.toMillis(), TimeUnit.MILLISECONDS);
        }
        return answers.size() >= enough || answers.size() + failures == asked;
    }

    private synchronized boolean isLast() {
        failures++;
        return answers.size() + failures == asked;
    }

    private void complete() {
        result.complete(newest());
    }

    private void completeOrFail(Throwable failure) {
        if (hasAnswers()) {
            complete();
            return;
        }
        Throwable known = ExceptionTranslator.unwrapped(failure);
        result.completeExceptionally(
                known instanceof ExceptionTranslator.UnusableException
                        ? known
                        : new RemoteUnavailableException(
                                RemoteUnavailableException.Kind.CONNECTION,
                                nobodyKnows + "; the last: " + ExceptionTranslator.describe(failure),
                                null));
    }

    private synchronized boolean hasAnswers() {
        return !answers.isEmpty();
    }

    private synchronized Master newest() {
        Master newest = answers.get(0);
        for (Master each : answers) {
            newest = each.term() > newest.term() ? each : newest;
        }
        return newest;
    }
}
