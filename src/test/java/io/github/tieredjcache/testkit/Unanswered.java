package io.github.tieredjcache.testkit;

import java.nio.ByteBuffer;

/** How many commands of one connection wait for their replies. Used by one thread. */
final class Unanswered {
    private final RespFrames commands = new RespFrames();
    private final RespFrames replies = new RespFrames();
    private long now;
    private long most;

    /** Takes note of what the client has sent; leaves the position of the buffer as it is. */
    void sent(ByteBuffer bytes) {
        ByteBuffer all = bytes.duplicate();
        while (all.hasRemaining()) {
            if (commands.accept(all.get())) {
                now++;
                most = Math.max(most, now);
            }
        }
    }

    /** Takes note of what the server has sent; leaves the position of the buffer as it is. */
    void answered(ByteBuffer bytes) {
        ByteBuffer all = bytes.duplicate();
        while (all.hasRemaining()) {
            if (replies.accept(all.get()) && !replies.isPush()) {
                now--;
            }
        }
    }

    /** Returns how many there were at most. */
    long most() {
        return most;
    }
}
