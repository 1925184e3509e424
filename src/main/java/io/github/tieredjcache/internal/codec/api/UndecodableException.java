package io.github.tieredjcache.internal.codec.api;

import io.github.tieredjcache.UndecodableReason;
import org.jspecify.annotations.Nullable;

/** Bytes that are not what this cache would have written: a counted miss, never an error of the user's call. */
public final class UndecodableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final UndecodableReason reason;

    public UndecodableException(UndecodableReason reason, String message) {
        this(reason, message, null);
    }

    public UndecodableException(UndecodableReason reason, String message, @Nullable Throwable cause) {
        // Without a stack trace: a Redis full of another program's bytes must stay cheap to refuse.
        super(message, cause, false, false);
        this.reason = reason;
    }

    /** Something that is no entry at all, so that no codec was asked. */
    public static UndecodableException format(String message) {
        return new UndecodableException(UndecodableReason.FORMAT, message);
    }

    /** Something that is larger than any value may be, so that no codec was asked. */
    public static UndecodableException limit(String message) {
        return new UndecodableException(UndecodableReason.LIMIT, message);
    }

    /** What kind of mismatch it was; the key of a counter. */
    public UndecodableReason reason() {
        return reason;
    }
}
