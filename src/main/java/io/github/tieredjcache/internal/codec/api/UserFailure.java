package io.github.tieredjcache.internal.codec.api;

import io.github.tieredjcache.UndecodableReason;

/**
 * Exceptions and errors of user code that runs while bytes are written or read: a constructor, a {@code hashCode}, a
 * {@code readObject}, a codec. A failed {@code assert} in such code is a fact about these bytes, not about the virtual
 * machine, so errors are translated, too.
 */
public final class UserFailure {
    private UserFailure() {}

    /**
     * Translates a failure to a miss; rethrows an error that user code does not throw by itself.
     *
     * @param source the code that failed, as the subject of the message
     */
    public static UndecodableException undecodable(Throwable thrown, String source) {
        rethrowIfFatal(thrown);
        return new UndecodableException(
                reason(thrown), source + " threw " + thrown.getClass().getName(), thrown);
    }

    private static UndecodableReason reason(Throwable thrown) {
        if (thrown instanceof StackOverflowError || thrown instanceof OutOfMemoryError) {
            return UndecodableReason.LIMIT;
        }
        return thrown instanceof LinkageError ? UndecodableReason.CLASS_CHANGED : UndecodableReason.DAMAGED;
    }

    /**
     * Rethrows an error by which the thread or the virtual machine ends; restores the interrupt flag after an {@link
     * InterruptedException}.
     */
    public static void rethrowIfFatal(Throwable thrown) {
        boolean isLimit = thrown instanceof StackOverflowError || thrown instanceof OutOfMemoryError;
        if (thrown instanceof ThreadDeath || (thrown instanceof VirtualMachineError && !isLimit)) {
            throw (Error) thrown;
        }
        if (thrown instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
    }
}
