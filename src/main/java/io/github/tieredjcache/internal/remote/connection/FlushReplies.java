package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/** The replies to the commands of one flush, which may need several attempts. Used by one thread. */
final class FlushReplies<T> {
    private final List<RedisCommand<T>> commands;
    // Null for a command without a reply yet.
    private final List<T> results;
    private List<Integer> missing;
    // The futures of the missing replies; null if their commands must be sent again.
    private @Nullable List<CompletableFuture<T>> sent;
    private @Nullable CacheException failure;

    FlushReplies(List<RedisCommand<T>> commands) {
        this.commands = commands;
        this.results = new ArrayList<>(Collections.nCopies(commands.size(), null));
        this.missing = IntStream.range(0, commands.size()).boxed().toList();
    }

    /** Sends the commands that have no reply yet, unless they are sent already. */
    List<CompletableFuture<T>> send(Function<List<RedisCommand<T>>, List<CompletableFuture<T>>> sender) {
        List<CompletableFuture<T>> begun = sent;
        if (begun == null) {
            begun = sender.apply(missing.stream().map(commands::get).toList());
            sent = begun;
        }
        return begun;
    }

    /**
     * Waits for the replies to all commands that have none yet; sends them unless they are sent already.
     *
     * @param sender sends commands
     * @param await waits for a reply to a command, and throws its failure
     * @return the replies in the order of the commands
     * @throws CacheException the first failure of a command that must not be sent again, else one after which the next
     *     attempt may succeed
     */
    List<T> await(
            Function<List<RedisCommand<T>>, List<CompletableFuture<T>>> sender,
            BiFunction<CompletableFuture<T>, RedisCommand<T>, T> await) {
        List<Integer> indexes = missing;
        List<CompletableFuture<T>> futures = send(sender);
        missing = new ArrayList<>();
        sent = null;
        CacheException retryCause = null;
        for (int i = 0; i < futures.size(); i++) {
            int index = indexes.get(i);
            RedisCommand<T> command = commands.get(index);
            try {
                results.set(index, await.apply(futures.get(i), command));
            } catch (ExceptionTranslator.DemotedException e) {
                missing.add(index);
                retryCause = retryCause == null ? e : retryCause;
            } catch (ExceptionTranslator.ConnectionLostException e) {
                if (e.isUnsent() || command.isRepeatable()) {
                    missing.add(index);
                    // The retry must wait until this connection has closed.
                    retryCause = e;
                } else {
                    failed(e);
                }
            } catch (CacheException e) {
                failed(e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        if (retryCause != null) {
            throw retryCause;
        }
        return results;
    }

    private void failed(CacheException e) {
        failure = failure == null ? e : failure;
    }

    /** Returns whether a command has failed that must not be sent again. */
    boolean hasFailed() {
        return failure != null;
    }

    int answeredCount() {
        return (int) results.stream().filter(Objects::nonNull).count();
    }

    /** Returns the size of all commands. */
    long bytes() {
        return commands.stream().mapToLong(RedisCommand::bytes).sum();
    }
}
