package io.github.tieredjcache.internal.codec.api;

import io.github.tieredjcache.UndecodableReason;

/**
 * What code of the user throws while bytes are made or read: a constructor, a {@code hashCode}, a {@code readObject}, a codec. An
 * {@code assert} that fails in one of them says something about these bytes, not about the virtual machine.
 */
public final class UserFailure {
    private UserFailure() {}

    /**
     * The miss that it makes; what no code of the user throws is thrown on.
     *
     * @param what what threw it
     */
    public static UndecodableException undecodable(Throwable thrown, String what) {
        requireOrdinary(thrown);
        return new UndecodableException(
                reason(thrown), what + " threw " + thrown.getClass().getName(), thrown);
    }

    private static UndecodableReason reason(Throwable thrown) {
        if (thrown instanceof StackOverflowError || thrown instanceof OutOfMemoryError) {
            return UndecodableReason.LIMIT;
        }
        return thrown instanceof LinkageError ? UndecodableReason.CLASS_CHANGED : UndecodableReason.DAMAGED;
    }

    /** Throws on what says that the thread or the virtual machine is to end. */
    public static void requireOrdinary(Throwable thrown) {
        boolean isLimit = thrown instanceof StackOverflowError || thrown instanceof OutOfMemoryError;
        if (thrown instanceof ThreadDeath || (thrown instanceof VirtualMachineError && !isLimit)) {
            throw (Error) thrown;
        }
        if (thrown instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
    }
}
