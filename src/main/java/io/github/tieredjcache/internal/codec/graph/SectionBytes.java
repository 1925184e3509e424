package io.github.tieredjcache.internal.codec.graph;

import java.io.ByteArrayInputStream;
import java.io.ObjectStreamConstants;

/** The bytes of a Java section. Recognizes back references, and can have one read again to find its target. */
final class SectionBytes extends ByteArrayInputStream {
    private static final int HANDLE_BYTES = Integer.BYTES;
    private static final int REFERENCE_BYTES = 1 + HANDLE_BYTES;

    private int repeatAt = -1;

    SectionBytes(byte[] buffer, int start, int length) {
        super(buffer, start, length);
    }

    /** Returns whether the bytes that were read last are a back reference. */
    boolean isBehindReference() {
        return byteBefore(REFERENCE_BYTES) == ObjectStreamConstants.TC_REFERENCE;
    }

    /**
     * Returns whether the back reference that was read last is the class description of a new object, and not that of a
     * superclass.
     */
    boolean isBehindReferenceOfObject() {
        return beginsObject(byteBefore(REFERENCE_BYTES + 1));
    }

    /** Returns the same for a class description of which only the type was read. */
    boolean isBehindTypeOfObject() {
        return byteBefore(1) == ObjectStreamConstants.TC_CLASSDESC && beginsObject(byteBefore(2));
    }

    /** Returns whether the back reference that was read last is the description of a {@code Class} in the section. */
    boolean isBehindReferenceOfClass() {
        return byteBefore(REFERENCE_BYTES + 1) == ObjectStreamConstants.TC_CLASS;
    }

    /** Returns the same for a description of which only the type was read. */
    boolean isBehindTypeOfClass() {
        return byteBefore(1) == ObjectStreamConstants.TC_CLASSDESC && byteBefore(2) == ObjectStreamConstants.TC_CLASS;
    }

    private static boolean beginsObject(int type) {
        return type == ObjectStreamConstants.TC_OBJECT
                || type == ObjectStreamConstants.TC_ARRAY
                || type == ObjectStreamConstants.TC_ENUM;
    }

    private int byteBefore(int distance) {
        return distance > pos ? -1 : buf[pos - distance];
    }

    /** Moves back, so that the back reference that was read last is read again. */
    void repeatReference() {
        pos -= REFERENCE_BYTES;
        repeatAt = pos;
    }

    /** Returns whether exactly the repeated back reference was read. */
    boolean endRepeat() {
        boolean ended = pos == repeatAt + REFERENCE_BYTES;
        repeatAt = -1;
        return ended;
    }
}
