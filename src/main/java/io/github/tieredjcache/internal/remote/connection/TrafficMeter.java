package io.github.tieredjcache.internal.remote.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes that one connection transfers. A large value on a slow network is progress even before the reply is
 * complete: each byte that a call must wait for extends its deadline by a microsecond, so that a transfer of a megabyte
 * a second is not taken for silence.
 *
 * <p>The event loop of the connection counts; any thread reads.
 */
final class TrafficMeter extends ChannelDuplexHandler {
    private static final long NANOS_A_BYTE = TimeUnit.MICROSECONDS.toNanos(1);

    private final Channel channel;
    // Written only by the event loop.
    private volatile long arrived;
    private volatile long written;

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
     * Marks the time before a command is sent.
     *
     * @param ownBytes the size of the command
     */
    Mark mark(long ownBytes) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return new Mark(arrived, left(buffer), pending(buffer) + ownBytes);
    }

    /**
     * Returns by how much the deadline of a command moves because of the bytes since the mark: those queued before the
     * command, and its own.
     */
    long allowanceNanos(Mark mark) {
        long in = arrived - mark.arrived;
        long out =
                Math.min(mark.pendingBefore, Math.max(0, left(channel.unsafe().outboundBuffer()) - mark.left));
        return (in + out) * NANOS_A_BYTE;
    }

    /** Returns whether nothing has arrived since the mark. */
    boolean isSilentSince(Mark mark) {
        return arrived == mark.arrived;
    }

    /** Has the end of the connection discard what was written and has not arrived. To be called by the event loop. */
    void discardOnClose() {
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException e) {
            // It has ended already.
        }
    }

    /** Returns an observer of the progress from now on. */
    Progress progress() {
        return new Progress();
    }

    private long left(@Nullable ChannelOutboundBuffer buffer) {
        return written - pending(buffer) + (buffer == null ? 0 : buffer.currentProgress());
    }

    private static long pending(@Nullable ChannelOutboundBuffer buffer) {
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /** Observes whether the connection makes progress. For one caller. */
    final class Progress {
        private long seenArrived;
        private long seenLeft;
        private long seenPending;

        /**
         * Returns whether bytes have arrived since the last call of this method, or have left the buffer of bytes that
         * did not fit into the socket.
         */
        boolean hasProgressed() {
            ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
            long left = left(buffer);
            boolean progressed = arrived != seenArrived || (seenPending > 0 && left > seenLeft);
            seenArrived = arrived;
            seenLeft = left;
            seenPending = pending(buffer);
            return progressed;
        }
    }

    /**
     * The counts at one time.
     *
     * @param arrived how many bytes had arrived
     * @param left how many bytes had left
     * @param pendingBefore how many bytes must leave before a reply can arrive
     */
    record Mark(long arrived, long left, long pendingBefore) {}
}
