package io.github.tieredjcache.testkit;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What happens to the bytes that go one way through a {@link FaultProxy}; they are forwarded at first.
 *
 * <p>What is set last replaces what was set before. Instances may be used by several threads.
 */
public final class ProxyDirection {
    private static final long NO_LIMIT = Long.MAX_VALUE;

    private final Consumer<Runnable> onThread;

    // Only touched on the proxy's thread.
    private Treatment treatment = Treatment.FORWARD;
    private long delayNanos;
    private long bytesLeft = NO_LIMIT;
    private @Nullable String unwantedPushes;

    /**
     * Creates a direction that forwards.
     *
     * @param onThread runs an action on the proxy's thread and returns when it has run
     */
    ProxyDirection(Consumer<Runnable> onThread) {
        this.onThread = onThread;
    }

    /**
     * Passes bytes on at once, first those that were held, and those that were delayed when their time has come. A
     * connection that lost bytes is of no use any more and is reset.
     *
     * @throws IllegalStateException if the proxy is closed
     */
    public void forward() {
        treat(Treatment.FORWARD, Duration.ZERO);
    }

    /**
     * Takes bytes and keeps them until they are forwarded.
     *
     * @throws IllegalStateException if the proxy is closed
     */
    public void hold() {
        treat(Treatment.HOLD, Duration.ZERO);
    }

    /**
     * Takes bytes and forgets them, those included that were held. They are lost for good, so that their connection makes no
     * sense after that; those on which nothing came meanwhile do.
     *
     * @throws IllegalStateException if the proxy is closed
     */
    public void drop() {
        treat(Treatment.DROP, Duration.ZERO);
    }

    /**
     * Passes each byte on so long after it came; the order stays.
     *
     * @throws IllegalArgumentException if the delay is negative
     * @throws IllegalStateException if the proxy is closed
     */
    public void delay(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("the delay must not be negative, was " + delay);
        }
        treat(Treatment.FORWARD, delay);
    }

    /**
     * Passes on so many more bytes, counted over all connections, and then breaks all connections as {@link
     * FaultProxy#reset()} does: in the middle of a message if the number says so. Happens once.
     *
     * @throws IllegalArgumentException if the number is not positive
     * @throws IllegalStateException if the proxy is closed
     */
    public void resetAfter(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("the number of bytes must be positive, was " + bytes);
        }
        onThread.accept(() -> bytesLeft = bytes);
    }

    private void treat(Treatment wanted, Duration delay) {
        long nanos = delay.toNanos();
        onThread.accept(() -> {
            treatment = wanted;
            delayNanos = nanos;
        });
    }

    void dropPushes(@Nullable String kind) {
        unwantedPushes = kind;
    }

    boolean forwards() {
        return treatment == Treatment.FORWARD;
    }

    boolean drops() {
        return treatment == Treatment.DROP;
    }

    long delayNanos() {
        return delayNanos;
    }

    @Nullable
    String unwantedPushes() {
        return unwantedPushes;
    }

    long bytesLeft() {
        return bytesLeft;
    }

    void sent(int bytes) {
        bytesLeft -= bytesLeft == NO_LIMIT ? 0 : bytes;
    }

    boolean isUsedUp() {
        return bytesLeft == 0;
    }

    void forgetLimit() {
        bytesLeft = NO_LIMIT;
    }

    /** What can be done with bytes. */
    private enum Treatment {
        FORWARD,
        HOLD,
        DROP
    }
}
