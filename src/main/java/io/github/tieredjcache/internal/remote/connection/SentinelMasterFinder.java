package io.github.tieredjcache.internal.remote.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Queries sentinels for the master: all at once and on each call anew, on connections that stay open.
 *
 * <p>Of the replies of a majority the one with the greatest term decides: a sentinel that was cut off knows an earlier
 * master. Fewer replies decide only when every other sentinel has failed or timed out. The caller must check whether
 * the reported server is a master.
 */
final class SentinelMasterFinder implements MasterFinder {
    private final List<LazyConnection> sentinels;
    private final String master;
    private final Duration timeout;
    private final ScheduledExecutorService thread;

    /**
     * Creates a finder that has not queried anything.
     *
     * @param uri of sentinels and a master
     * @param password of the sentinels; null if they have none
     * @param connector opens a connection
     * @param timeout how long a connected sentinel may take for its reply
     */
    SentinelMasterFinder(
            RedisURI uri,
            @Nullable String password,
            Function<RedisURI, CompletableFuture<RedisConnection>> connector,
            Duration timeout,
            ScheduledExecutorService thread) {
        this.sentinels = uri.getSentinels().stream()
                .map(each -> new LazyConnection(() -> connector.apply(each)))
                .toList();
        this.master = uri.getSentinelMasterId();
        this.timeout = timeout;
        this.thread = thread;
        for (RedisURI each : uri.getSentinels()) {
            each.setTimeout(timeout);
            if (password != null) {
                RedisCredentials credentials = RedisCredentials.just(null, password);
                each.setCredentialsProvider((ImmediateRedisCredentialsProvider) () -> credentials);
            }
        }
    }

    @Override
    public CompletableFuture<Master> master(boolean again) {
        // A minority may have been cut off together with an earlier master, and would lead the client back to it.
        return query(false);
    }

    @Override
    public CompletableFuture<Master> latest() {
        return query(true);
    }

    private CompletableFuture<Master> query(boolean minorityDecides) {
        ReplyQuorum<Master> quorum = new ReplyQuorum<>(
                sentinels.size(),
                sentinels.size() / 2 + 1,
                minorityDecides,
                "no sentinel returned the address of the master '" + master + "'",
                thread);
        for (LazyConnection each : sentinels) {
            var unused = each.open().thenCompose(this::query).whenComplete(quorum::add);
        }
        return quorum.result()
                .thenApply(replies -> Master.newest(replies.stream()).orElseThrow());
    }

    private CompletableFuture<Master> query(RedisConnection sentinel) {
        // A frozen sentinel, or one behind a black hole, needs a new connection.
        Future<?> limit = thread.schedule(sentinel::close, timeout.toMillis(), TimeUnit.MILLISECONDS);
        return sentinel.send(RedisCommand.master(master))
                .whenComplete((reply, failure) -> limit.cancel(false))
                .thenApply(SentinelMasterFinder::read);
    }

    private static Master read(List<byte[]> reply) {
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i + 1 < reply.size(); i += 2) {
            fields.put(new String(reply.get(i), UTF_8), new String(reply.get(i + 1), UTF_8));
        }
        return new Master(
                fields.getOrDefault("ip", ""),
                Integer.parseInt(fields.getOrDefault("port", "")),
                Long.parseLong(fields.getOrDefault("config-epoch", "0")));
    }
}
