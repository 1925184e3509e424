package io.github.tieredjcache.internal.codec;

import io.github.tieredjcache.UndecodableReason;

/** Bytes that make no sense, thrown from within Kryo's recursion; the codec turns it into the checked exception. */
final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final UndecodableReason reason;
    private final String text;

    MalformedException(UndecodableReason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
        this.text = message;
    }

    static MalformedException damaged(String message) {
        return new MalformedException(UndecodableReason.DAMAGED, message);
    }

    UndecodableReason reason() {
        return reason;
    }

    String text() {
        return text;
    }
}
