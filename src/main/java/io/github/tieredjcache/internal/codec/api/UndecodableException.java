package io.github.tieredjcache.internal.codec.api;

import io.github.tieredjcache.UndecodableReason;
import org.jspecify.annotations.Nullable;

/** Reports bytes that this cache would not have written: a counted miss, never an error of the user's call. */
public final class UndecodableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final UndecodableReason reason;

    public UndecodableException(UndecodableReason reason, String message) {
        this(reason, message, null);
    }

    public UndecodableException(UndecodableReason reason, String message, @Nullable Throwable cause) {
        // No stack trace, so that refusing many entries that another program wrote to Redis stays cheap.
        super(message, cause, false, false);
        this.reason = reason;
    }

    /** Returns an exception for bytes that are not an entry, so that no codec was called. */
    public static UndecodableException format(String message) {
        return new UndecodableException(UndecodableReason.FORMAT, message);
    }

    /** Returns an exception for an entry that is larger than any value may be, so that no codec was called. */
    public static UndecodableException limit(String message) {
        return new UndecodableException(UndecodableReason.LIMIT, message);
    }

    /** Returns the reason, by which such misses are counted. */
    public UndecodableReason reason() {
        return reason;
    }
}
