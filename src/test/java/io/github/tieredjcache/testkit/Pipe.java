package io.github.tieredjcache.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One direction of one connection: what came in and has not gone out. Used by the proxy's thread only. */
final class Pipe {
    private static final long QUEUED_BYTES_MAX = 64 << 20;
    private static final int READS_MAX = 16;

    private final SocketChannel from;
    private final SocketChannel to;
    private final ProxyDirection direction;
    private final @Nullable PushFilter filter;
    private final Consumer<ByteBuffer> tap;
    private final Deque<Chunk> queue = new ArrayDeque<>();
    private long queuedBytes;
    private long lastDueNanos;
    private boolean inputEnded;
    private boolean inputFailed;
    private boolean outputEnded;
    private boolean outputFull;
    private boolean lossy;

    /**
     * Creates an empty pipe.
     *
     * @param filter what comes goes through it; null for none
     * @param tap is shown what comes, and leaves it as it is
     */
    Pipe(
            SocketChannel from,
            SocketChannel to,
            ProxyDirection direction,
            @Nullable PushFilter filter,
            Consumer<ByteBuffer> tap) {
        this.from = from;
        this.to = to;
        this.direction = direction;
        this.filter = filter;
        this.tap = tap;
        this.lastDueNanos = System.nanoTime();
    }

    /** Takes in what has come. */
    void read(ByteBuffer buffer, long nowNanos) {
        for (int reads = 0; wantsInput() && reads < READS_MAX; reads++) {
            buffer.clear();
            try {
                int length = from.read(buffer);
                if (length == 0) {
                    return;
                }
                inputEnded = length < 0;
            } catch (IOException e) {
                inputEnded = true;
                inputFailed = true;
            }
            later(nowNanos);
            if (!inputEnded) {
                accept(buffer.flip());
            }
            lossy |= direction.drops();
        }
    }

    private void accept(ByteBuffer bytes) {
        tap.accept(bytes);
        ByteBuffer passed = filter == null ? copy(bytes) : filter.filter(bytes, direction.unwantedPushes());
        if (!outputEnded && !direction.drops() && passed.hasRemaining()) {
            queue.add(new Chunk(passed, lastDueNanos));
            queuedBytes += passed.remaining();
        }
    }

    /** What comes later never goes out earlier, even if the delay was shortened in between. */
    private void later(long nowNanos) {
        long dueNanos = nowNanos + direction.delayNanos();
        if (dueNanos - lastDueNanos > 0) {
            lastDueNanos = dueNanos;
        }
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }

    /** Sends on what may go out. */
    void write(long nowNanos) {
        outputFull = false;
        if (direction.drops()) {
            lossy |= !queue.isEmpty();
            forget();
        }
        if (!direction.forwards() || outputEnded) {
            return;
        }
        try {
            while (!queue.isEmpty() && queue.element().dueNanos - nowNanos <= 0 && !outputFull) {
                send(queue.element().bytes);
            }
            if (inputEnded && !inputFailed && queue.isEmpty() && lastDueNanos - nowNanos <= 0) {
                outputEnded = true;
                to.shutdownOutput();
            }
        } catch (IOException e) {
            // The receiver is gone. The other direction decides whether the other side is notified.
            outputEnded = true;
            forget();
        }
    }

    private void send(ByteBuffer bytes) throws IOException {
        int end = bytes.limit();
        bytes.limit(bytes.position() + (int) Math.min(bytes.remaining(), direction.bytesLeft()));
        int sent = to.write(bytes);
        bytes.limit(end);
        direction.sent(sent);
        queuedBytes -= sent;
        if (!bytes.hasRemaining()) {
            queue.remove();
        } else {
            outputFull = true;
        }
    }

    private void forget() {
        queue.clear();
        queuedBytes = 0;
    }

    boolean wantsInput() {
        return !inputEnded && queuedBytes < QUEUED_BYTES_MAX;
    }

    boolean wantsOutput() {
        return outputFull && direction.forwards();
    }

    /** Returns how many bytes have come in and not gone out. */
    long queuedBytes() {
        return queuedBytes;
    }

    /** Returns whether the sender has ended its side, in an orderly way or by a reset. */
    boolean inputEnded() {
        return inputEnded;
    }

    /** Returns whether the sender has ended its side by a reset. */
    boolean inputFailed() {
        return inputFailed;
    }

    /** Returns whether nothing more will go out this way. */
    boolean hasEnded() {
        return outputEnded;
    }

    /** Returns whether both sides must receive a reset: one of them said so, or bytes are missing that were dropped. */
    boolean isBroken(long nowNanos) {
        boolean resetArrived = inputFailed && queue.isEmpty() && lastDueNanos - nowNanos <= 0;
        return direction.forwards() && (lossy || resetArrived);
    }

    /** Returns how long until something may go out, 0 if it may have become due by now; null if that is no question of time. */
    @Nullable
    Long untilDueNanos(long nowNanos) {
        boolean waits = direction.forwards() && !outputEnded && !outputFull && (inputEnded || !queue.isEmpty());
        long dueNanos = queue.isEmpty() ? lastDueNanos : queue.element().dueNanos;
        return waits ? Math.max(0, dueNanos - nowNanos) : null;
    }

    PushFilter filter() {
        if (filter == null) {
            throw new IllegalStateException("this direction has no filter");
        }
        return filter;
    }

    /** Bytes, and when they may go out. */
    private record Chunk(ByteBuffer bytes, long dueNanos) {}
}
