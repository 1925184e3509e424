package io.github.tieredjcache.internal.codec;

import io.github.tieredjcache.internal.codec.UndecodableException.Reason;

/** Bytes that make no sense, thrown from within Kryo's recursion; the codec turns it into the checked exception. */
final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final String text;

    MalformedException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
        this.text = message;
    }

    static MalformedException damaged(String message) {
        return new MalformedException(Reason.DAMAGED, message);
    }

    Reason reason() {
        return reason;
    }

    String text() {
        return text;
    }
}
