package io.github.tieredjcache.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the out-of-band messages of one kind out of one stream of replies. Used by one thread.
 *
 * <p>Such messages wait here until they are whole; all else is passed on at once. A stream that cannot be understood goes on as
 * it is.
 */
final class PushFilter {
    private final RespFrames frames = new RespFrames();
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private long dropped;

    /**
     * Takes the next bytes of the stream and returns those to pass on.
     *
     * @param unwanted the kind of message to drop; null for none
     */
    ByteBuffer filter(ByteBuffer bytes, @Nullable String unwanted) {
        ByteArrayOutputStream passed = new ByteArrayOutputStream(bytes.remaining());
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            boolean ended = frames.accept(next);
            waiting.write(next);
            if (ended && unwanted != null && unwanted.equals(frames.pushKind())) {
                waiting.reset();
                dropped++;
            } else if (ended || frames.isLost() || !frames.isPush()) {
                passed.writeBytes(waiting.toByteArray());
                waiting.reset();
            }
        }
        return ByteBuffer.wrap(passed.toByteArray());
    }

    /** Returns how many messages were dropped. */
    long dropped() {
        return dropped;
    }
}
