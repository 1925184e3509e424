package io.github.tieredjcache;

/** The reason why a value in Redis could not be decoded and was treated as missing. */
public enum UndecodableReason {
    /**
     * The version, a flag or the kind is unknown: another program wrote the value, or a later version of this library.
     */
    FORMAT,
    /** The checksum does not match: the bytes were damaged, or copied under another key. */
    CHECKSUM,
    /** The signature is missing, or none of this node's keys verifies it for these bytes under this key. */
    SIGNATURE,
    /** Another codec wrote the value, or it has a compression that this node cannot undo. */
    OTHER_CODEC,
    /**
     * The value names a class that {@code codec.allowed} does not contain, and that is not learned either, since it is
     * dangerous or {@code codec.learning} is off; the class was not loaded.
     */
    CLASS_NOT_ALLOWED,
    /**
     * The value names a class that {@code codec.allowed} does not contain, and of which this node has stored no object
     * in this cache since it started; the class was not loaded. Usual after a start: once for each class, until the
     * first value is stored.
     */
    NOT_LEARNED,
    /** A class no longer exists, has other fields than the value, or is not of the configured type. */
    CLASS_CHANGED,
    /** A length, a depth or a size exceeds a limit. */
    LIMIT,
    /** The bytes contradict each other, or the codec could not decode them for another reason. */
    DAMAGED
}
