package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A wait that interrupts do not end. */
class DeferredInterruptsTest {
    private final Queue<InterruptedException> interrupts = new ArrayDeque<>();

    @AfterEach
    void clearsTheFlag() {
        var unused = Thread.interrupted();
    }

    @Test
    void aWaitIsRepeatedUntilNoInterruptEndsIt() {
        interrupts.add(new InterruptedException());
        interrupts.add(new InterruptedException());
        try (DeferredInterrupts thread = new DeferredInterrupts()) {
            assertEquals("reply", thread.await(this::reply));
            assertFalse(Thread.currentThread().isInterrupted());
        }
        assertTrue(interrupts.isEmpty());
        assertTrue(Thread.interrupted());
    }

    @Test
    void anInterruptBeforeTheWaitIsDeferred() {
        Thread.currentThread().interrupt();
        try (DeferredInterrupts thread = new DeferredInterrupts()) {
            assertFalse(Thread.currentThread().isInterrupted());
            assertEquals("reply", thread.await(this::reply));
        }
        assertTrue(Thread.interrupted());
    }

    @Test
    void theFlagStaysClearWithoutAnInterrupt() {
        try (DeferredInterrupts thread = new DeferredInterrupts()) {
            assertEquals("reply", thread.await(this::reply));
        }
        assertFalse(Thread.interrupted());
    }

    private String reply() throws InterruptedException {
        InterruptedException interrupt = interrupts.poll();
        if (interrupt != null) {
            throw interrupt;
        }
        return "reply";
    }
}
