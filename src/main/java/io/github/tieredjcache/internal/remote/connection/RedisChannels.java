package io.github.tieredjcache.internal.remote.connection;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.protocol.CommandHandler;
import io.lettuce.core.protocol.Endpoint;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Prepares the channel of each connection, and keeps its {@link TrafficMeter}, since Lettuce does not expose the channel.
 * Safe for use by many threads.
 *
 * <p>Commands that wait for the event loop together leave in one flush, that is, in one system call for all instead of
 * one for each: what many threads send at the same time, and what a call sends to many partitions.
 */
final class RedisChannels implements NettyCustomizer {
    /** A flush is not put off for more flushes than these, as by Netty's default. */
    private static final int FLUSHES_MAX = FlushConsolidationHandler.DEFAULT_EXPLICIT_FLUSH_AFTER_FLUSHES;

    // By the endpoint, which a channel and its connection share; removed when the channel closes.
    private final Map<Object, TrafficMeter> byEndpoint = new ConcurrentHashMap<>();

    @Override
    public void afterChannelInitialized(Channel channel) {
        CommandHandler commands = channel.pipeline().get(CommandHandler.class);
        if (commands == null) {
            throw new IllegalStateException("the channel of a Redis connection has no command handler");
        }
        Endpoint endpoint = commands.getEndpoint();
        TrafficMeter traffic = new TrafficMeter(channel);
        channel.pipeline().addFirst(new FlushConsolidationHandler(FLUSHES_MAX, true), traffic);
        byEndpoint.put(endpoint, traffic);
        var unused = channel.closeFuture().addListener(closed -> byEndpoint.remove(endpoint, traffic));
    }

    /**
     * Returns the traffic meter of a new connection.
     *
     * @throws IllegalStateException if the connection has ended already
     */
    TrafficMeter trafficMeter(RedisChannelHandler<?, ?> connection) {
        // The endpoint is not wrapped: these clients use neither command timeouts nor command listeners of Lettuce.
        TrafficMeter traffic = byEndpoint.get(connection.getChannelWriter());
        if (traffic == null) {
            throw new IllegalStateException("the connection has ended");
        }
        return traffic;
    }
}
