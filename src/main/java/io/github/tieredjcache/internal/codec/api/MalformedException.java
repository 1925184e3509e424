package io.github.tieredjcache.internal.codec.api;

import io.github.tieredjcache.UndecodableReason;

/** Thrown within Kryo's recursion for malformed bytes; the codec translates it to {@link UndecodableException}. */
public final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final UndecodableReason reason;
    private final String text;

    public MalformedException(UndecodableReason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
        this.text = message;
    }

    public static MalformedException damaged(String message) {
        return new MalformedException(UndecodableReason.DAMAGED, message);
    }

    public UndecodableReason reason() {
        return reason;
    }

    public String text() {
        return text;
    }
}
