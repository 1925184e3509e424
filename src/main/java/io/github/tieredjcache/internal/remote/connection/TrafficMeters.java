package io.github.tieredjcache.internal.remote.connection;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.protocol.CommandHandler;
import io.lettuce.core.protocol.Endpoint;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps the {@link TrafficMeter} of each connection, since Lettuce does not expose the channel. Safe for use by many
 * threads.
 */
final class TrafficMeters implements NettyCustomizer {
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
        channel.pipeline().addFirst(traffic);
        byEndpoint.put(endpoint, traffic);
        var unused = channel.closeFuture().addListener(closed -> byEndpoint.remove(endpoint, traffic));
    }

    /**
     * Returns the traffic meter of a new connection.
     *
     * @throws IllegalStateException if the connection has ended already
     */
    TrafficMeter of(RedisChannelHandler<?, ?> connection) {
        // The endpoint is not wrapped: these clients use neither command timeouts nor command listeners of Lettuce.
        TrafficMeter traffic = byEndpoint.get(connection.getChannelWriter());
        if (traffic == null) {
            throw new IllegalStateException("the connection has ended");
        }
        return traffic;
    }
}
