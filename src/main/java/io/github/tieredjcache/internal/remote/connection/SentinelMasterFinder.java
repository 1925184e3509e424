package io.github.tieredjcache.internal.remote.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import java.net.URI;
import java.net.URLDecoder;
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
 * Asks sentinels which server is the master, all at once and anew each time, on connections that stay open.
 *
 * <p>The answer with the greatest term among those of a majority is taken: a sentinel that was cut off knows an earlier master. Fewer
 * decide only when each of the others has failed or not answered within its timeout. Whether the server that they name is a master is for
 * the caller to find out.
 */
final class SentinelMasterFinder implements MasterFinder {
    private final List<Sentinel> sentinels;
    private final String master;
    private final Function<RedisURI, CompletableFuture<RedisConnection>> connector;
    private final Duration timeout;
    private final ScheduledExecutorService thread;

    /**
     * Creates one who asks nobody yet.
     *
     * @param uri of sentinels and a master
     * @param text the same as it was given: with the password of the sentinels, which the client library does not know
     * @param connector opens a connection
     * @param timeout how long a sentinel that has been reached may take for its answer
     */
    SentinelMasterFinder(
            RedisURI uri,
            String text,
            Function<RedisURI, CompletableFuture<RedisConnection>> connector,
            Duration timeout,
            ScheduledExecutorService thread) {
        this.sentinels = uri.getSentinels().stream().map(Sentinel::new).toList();
        this.master = uri.getSentinelMasterId();
        this.connector = connector;
        this.timeout = timeout;
        this.thread = thread;
        String password = parameter(URI.create(text), "sentinelPassword", null);
        for (RedisURI each : uri.getSentinels()) {
            each.setTimeout(timeout);
            if (password != null) {
                RedisCredentials credentials = RedisCredentials.just(null, password);
                each.setCredentialsProvider((ImmediateRedisCredentialsProvider) () -> credentials);
            }
        }
    }

    /** Returns a parameter of a URI, decoded; the alternative if it has none of the name. */
    static @Nullable String parameter(URI uri, String name, @Nullable String alternative) {
        if (uri.getRawQuery() != null) {
            for (String each : uri.getRawQuery().split("[&;]", -1)) {
                if (each.startsWith(name + "=")) {
                    // A plus sign is one: this is no form.
                    return URLDecoder.decode(each.substring(name.length() + 1).replace("+", "%2B"), UTF_8);
                }
            }
        }
        return alternative;
    }

    @Override
    public CompletableFuture<Master> master() {
        // A minority may have been cut off together with an earlier master, and would lead back to it.
        return query(false);
    }

    @Override
    public CompletableFuture<Master> latest() {
        return query(true);
    }

    private CompletableFuture<Master> query(boolean fewAreEnough) {
        MasterQuorum quorum = new MasterQuorum(
                sentinels.size(),
                sentinels.size() / 2 + 1,
                fewAreEnough,
                "no sentinel says where '" + master + "' is",
                thread);
        for (Sentinel each : sentinels) {
            var unused = each.query().whenComplete(quorum::add);
        }
        return quorum.result();
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

    /** One of them. */
    private final class Sentinel {
        private final RedisURI uri;
        // Guarded by this.
        private @Nullable CompletableFuture<RedisConnection> connection;

        Sentinel(RedisURI uri) {
            this.uri = uri;
        }

        CompletableFuture<Master> query() {
            return openConnection().thenCompose(connection -> {
                // One that is frozen, or behind a black hole, is to be connected to anew.
                Future<?> limit = thread.schedule(connection::close, timeout.toMillis(), TimeUnit.MILLISECONDS);
                return connection
                        .send(RedisCommand.master(master))
                        .whenComplete((reply, failure) -> limit.cancel(false))
                        .thenApply(SentinelMasterFinder::read);
            });
        }

        private synchronized CompletableFuture<RedisConnection> openConnection() {
            CompletableFuture<RedisConnection> open = connection;
            if (open == null || !RedisConnection.isUsable(open)) {
                open = connector.apply(uri);
                connection = open;
            }
            return open;
        }
    }
}
