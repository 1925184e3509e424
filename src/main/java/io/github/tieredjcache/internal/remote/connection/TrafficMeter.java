package io.github.tieredjcache.internal.remote.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that one connection moves. A large value on a slow network is progress, though no answer is complete: each byte that a call
 * must wait for gives it a microsecond more, so that a transfer of a megabyte a second is not taken for silence.
 *
 * <p>The event loop of the connection counts; any thread reads.
 */
final class TrafficMeter extends ChannelDuplexHandler {
    private static final long NANOS_A_BYTE = TimeUnit.MICROSECONDS.toNanos(1);

    private final Channel channel;
    // Only the event loop sets them.
    private volatile long arrived;
    private volatile long written;
    // Of the heartbeat before.
    private long beatArrived;
    private long beatLeft;
    private long beatPending;

    TrafficMeter(Channel channel) {
        this.channel = channel;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the event loop updates it.
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf bytes) {
            arrived = arrived + bytes.readableBytes();
        }
        context.fireChannelRead(message);
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the event loop updates it.
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            written = written + bytes.readableBytes();
        }
        var unused = context.write(message, promise);
    }

    /**
     * Marks the moment before a command is sent.
     *
     * @param ownBytes of the command
     */
    Mark mark(long ownBytes) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return new Mark(arrived, left(buffer), pending(buffer) + ownBytes);
    }

    /** Returns how much longer a command may take because of what has moved since the mark: what was before it, and itself. */
    long allowanceNanos(Mark mark) {
        long in = arrived - mark.arrived;
        long out = Math.min(mark.pendingBefore, Math.max(0, left(channel.unsafe().outboundBuffer()) - mark.left));
        return (in + out) * NANOS_A_BYTE;
    }

    /** Returns whether nothing has arrived since the mark. */
    boolean isSilentSince(Mark mark) {
        return arrived == mark.arrived;
    }

    /** Returns whether something has arrived since the last call of this, or has left of what did not fit into the socket. One caller. */
    boolean hasProgressed() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        long left = left(buffer);
        boolean progressed = arrived != beatArrived || (beatPending > 0 && left > beatLeft);
        beatArrived = arrived;
        beatLeft = left;
        beatPending = pending(buffer);
        return progressed;
    }

    private long left(@Nullable ChannelOutboundBuffer buffer) {
        return written - pending(buffer) + (buffer == null ? 0 : buffer.currentProgress());
    }

    private static long pending(@Nullable ChannelOutboundBuffer buffer) {
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /**
     * A moment.
     *
     * @param arrived how many bytes had arrived
     * @param left how many had left
     * @param before how many were to leave before an answer could come
     */
    record Mark(long arrived, long left, long pendingBefore) {}
}
