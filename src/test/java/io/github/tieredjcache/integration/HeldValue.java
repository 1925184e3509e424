package io.github.tieredjcache.integration;

import io.github.tieredjcache.Crew;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A value that holds up the thread that decodes it, if that thread is to be held: the answer of Redis has come then, and
 * nothing has been made of it yet.
 */
public record HeldValue(String text) {
    private static final ThreadLocal<@Nullable Gate> GATE = new ThreadLocal<>();

    public HeldValue {
        Gate gate = GATE.get();
        if (gate != null && gate.holds.equals(text)) {
            gate.reached.countDown();
            Crew.await(gate.open);
        }
    }

    /** Where a thread waits once it decodes a certain text. */
    public static final class Gate {
        private final String holds;
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        public Gate(String holds) {
            this.holds = holds;
        }

        /** Does work that this gate holds up on a thread of its own; returns when it is held. */
        public <T> Crew.Member<T> hold(Callable<T> work) {
            Crew.Member<T> member = Crew.start(() -> {
                GATE.set(this);
                return work.call();
            });
            Crew.await(reached);
            return member;
        }

        public void open() {
            open.countDown();
        }
    }
}
