package io.github.tieredjcache.internal.remote.connection;

/** Defers interrupts of the current thread: it waits on, and has its interrupt flag set again at the end. */
final class DeferredInterrupts implements AutoCloseable {
    private boolean interrupted = Thread.interrupted();

    /** Repeats the wait until no interrupt has ended it. */
    <T> T await(Wait<T> wait) {
        while (true) {
            try {
                return wait.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    @Override
    public void close() {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A blocking wait. */
    @FunctionalInterface
    interface Wait<T> {
        T await() throws InterruptedException;
    }
}
