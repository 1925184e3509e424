package io.github.tieredjcache.internal.codec;

import org.jspecify.annotations.Nullable;

/** Bytes that are not what this cache would have written: a counted miss, never an error of the user's call. */
public final class UndecodableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    UndecodableException(Reason reason, String message) {
        this(reason, message, null);
    }

    UndecodableException(Reason reason, String message, @Nullable Throwable cause) {
        // Without a stack trace: a Redis full of another program's bytes must stay cheap to refuse.
        super(message, cause, false, false);
        this.reason = reason;
    }

    /** What kind of mismatch it was; the key of a counter. */
    public Reason reason() {
        return reason;
    }

    /** The kinds of undecodable bytes. */
    public enum Reason {
        /** An unknown version, flag or kind: another program, or a later version of this one. */
        FORMAT,
        /** The bytes were changed, or stand under a key that they were not written for. */
        CHECKSUM,
        /** A class that the rules of the cache do not allow; it was not loaded. */
        CLASS_NOT_ALLOWED,
        /** A class that is gone, or whose fields are no longer those that were written. */
        CLASS_CHANGED,
        /** A length, depth or size over a limit. */
        LIMIT,
        /** Bytes that contradict themselves. */
        DAMAGED
    }
}
