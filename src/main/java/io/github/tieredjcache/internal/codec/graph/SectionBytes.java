package io.github.tieredjcache.internal.codec.graph;

import java.io.ByteArrayInputStream;
import java.io.ObjectStreamConstants;

/** The bytes of a Java section, which know how far they were read and can be asked what a back reference means. */
final class SectionBytes extends ByteArrayInputStream {
    private static final int HANDLE_BYTES = Integer.BYTES;
    private static final int REFERENCE_BYTES = 1 + HANDLE_BYTES;

    private int repeatAt = -1;

    SectionBytes(byte[] buffer, int start, int length) {
        super(buffer, start, length);
    }

    /** Whether the last bytes read were a back reference. */
    boolean isBehindReference() {
        return byteBefore(REFERENCE_BYTES) == ObjectStreamConstants.TC_REFERENCE;
    }

    /** Whether a class description that is a back reference, just read, begins an object, and is not one of a superclass. */
    boolean isBehindReferenceOfObject() {
        return beginsObject(byteBefore(REFERENCE_BYTES + 1));
    }

    /** The same for a class description of which only the type was read. */
    boolean isBehindTypeOfObject() {
        return byteBefore(1) == ObjectStreamConstants.TC_CLASSDESC && beginsObject(byteBefore(2));
    }

    private static boolean beginsObject(int type) {
        return type == ObjectStreamConstants.TC_OBJECT
                || type == ObjectStreamConstants.TC_ARRAY
                || type == ObjectStreamConstants.TC_ENUM
                || type == ObjectStreamConstants.TC_CLASS;
    }

    private int byteBefore(int distance) {
        return distance > pos ? -1 : buf[pos - distance];
    }

    /** The back reference that was read last is read once more. */
    void repeatReference() {
        pos -= REFERENCE_BYTES;
        repeatAt = pos;
    }

    /** Whether what was repeated was read to its end, and nothing more. */
    boolean endRepeat() {
        boolean ended = pos == repeatAt + REFERENCE_BYTES;
        repeatAt = -1;
        return ended;
    }
}
