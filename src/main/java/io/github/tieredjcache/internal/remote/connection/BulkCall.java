package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.RemoteOutOfMemoryException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import javax.cache.CacheException;

/**
 * A call of many commands: the first flush is sent by the constructor, each other one when the replies to the one before
 * are there. Used by one thread, once.
 */
final class BulkCall<T> implements Supplier<List<T>> {
    private final LongFunction<Call> newCall;
    private final Function<Duration, RedisConnection> connection;
    private final Function<CacheException, RemoteUnavailableException> partlyDone;
    private final List<RedisCommand<T>> commands;
    private FlushCall flush;

    /**
     * Sends the first flush.
     *
     * @param newCall begins a call of so many bytes
     * @param connection returns the connection for a retry; waits for it at most the given time
     * @param partlyDone makes the exception to be thrown if some commands have changed something and others have failed
     */
    BulkCall(
            LongFunction<Call> newCall,
            Function<Duration, RedisConnection> connection,
            Function<CacheException, RemoteUnavailableException> partlyDone,
            List<RedisCommand<T>> commands) {
        this.newCall = newCall;
        this.connection = connection;
        this.partlyDone = partlyDone;
        this.commands = commands;
        this.flush = new FlushCall(Flush.next(commands, 0));
    }

    /** Waits, and returns the replies. */
    @Override
    public List<T> get() {
        List<T> results = new ArrayList<>(commands.size());
        while (true) {
            try {
                results.addAll(flush.finish());
                if (results.size() == commands.size()) {
                    return results;
                }
                flush = new FlushCall(Flush.next(commands, results.size()));
            } catch (RemoteUnavailableException | RemoteOutOfMemoryException e) {
                boolean isPartlyDone =
                        commands.get(0).mutates() && (!results.isEmpty() || flush.replies.answeredCount() > 0);
                throw isPartlyDone ? partlyDone.apply(e) : e;
            }
        }
    }

    /** The call of one flush, which is sent at once. */
    private final class FlushCall {
        private final FlushReplies<T> replies;
        private final Call call;

        FlushCall(List<RedisCommand<T>> commandsOfFlush) {
            this.replies = new FlushReplies<>(commandsOfFlush);
            this.call = newCall.apply(replies.bytes());
            replies.send(call::sendAll);
        }

        /** Waits for the replies. */
        List<T> finish() {
            return call.retryRecorded(
                    connection,
                    () -> !replies.hasFailed(),
                    () -> replies.await(call::sendAll, (reply, command) -> call.await(reply, command.mutates())));
        }
    }
}
