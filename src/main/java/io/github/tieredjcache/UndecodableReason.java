package io.github.tieredjcache;

/** Why a value in Redis could not be read, so that it counted as missing. */
public enum UndecodableReason {
    /** An unknown version, flag or kind: another program, or a later version of this library. */
    FORMAT,
    /** The bytes were changed, or stand under a key that they were not written for. */
    CHECKSUM,
    /** There is no signature, or none by a key that this node knows for these bytes under this key. */
    SIGNATURE,
    /** It was written by another codec, or compressed in a way that this node cannot undo. */
    OTHER_CODEC,
    /** A class that the rules of the cache do not allow; it was not loaded. */
    CLASS_NOT_ALLOWED,
    /** A class that is gone, or whose fields are no longer those that were written, or that is not of the configured type. */
    CLASS_CHANGED,
    /** A length, depth or size over a limit. */
    LIMIT,
    /** Bytes that contradict themselves, or that the codec could not read for another reason. */
    DAMAGED
}
