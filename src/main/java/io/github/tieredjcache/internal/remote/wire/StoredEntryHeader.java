package io.github.tieredjcache.internal.remote.wire;

import io.github.tieredjcache.internal.model.Version;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the head of a Redis value says; {@code entry.lua} describes the same bytes.
 *
 * <pre>
 *  0  'T'          2  kind: 'V' value, 'W' write lease, 'L' right to load
 *  1  version 1    3  1 if the entry is kept when it has ended, 0 if Redis drops it then
 *  4  version of the entry: node, counter       20  deadline by the server's clock in ms, 0 for none
 *  28 'V': the value
 *  28 'W': the lease (16), its end by the server's clock in ms (8), the old value (1: 0 none, 1 stays if the lease runs
 *     out, 2 ends with it, 3 is in doubt and absent), then the old value; version and deadline are the old entry's
 *  28 'L': the same, where the old value has ended (1) or is not there (0)
 * </pre>
 *
 * <p>Numbers are big endian. The deadline and what is to be done then are the fields that change in place.
 *
 * @param kind what there is
 * @param version of the entry
 * @param keptWhenEnded whether the entry may be there when it has ended
 * @param deadlineMillis of the entry, by the server's clock; 0 for none
 * @param leaseEndMillis of a lease, by the server's clock
 * @param staysAfterLease whether the entry is there even when the lease is over
 * @param bodyOffset where the encoded value begins
 */
public record StoredEntryHeader(
        Kind kind,
        Version version,
        boolean keptWhenEnded,
        long deadlineMillis,
        long leaseEndMillis,
        boolean staysAfterLease,
        int bodyOffset) {
    /** The length of all that comes before the value, at most. */
    public static final int HEAD_MAX = 53;

    private static final int HEAD = 28;
    private static final int LEASE_HEAD = HEAD_MAX;
    private static final int KEPT_AT = 3;
    private static final int VERSION_AT = 4;
    private static final int DEADLINE_AT = 20;
    private static final int LEASE_AT = 28;
    private static final int LEASE_END_AT = 44;
    private static final int OLD_AT = 52;
    private static final byte MAGIC = 'T';
    private static final byte FORMAT = 1;
    private static final byte OLD_STAYS = 1;
    private static final byte OLD_ENDS = 2;
    private static final StoredEntryHeader EMPTY =
            new StoredEntryHeader(Kind.EMPTY, Version.LOCAL, false, 0, 0, false, 0);
    private static final StoredEntryHeader UNKNOWN =
            new StoredEntryHeader(Kind.UNKNOWN, Version.LOCAL, false, 0, 0, false, 0);

    /** Reads the head; {@code bytes} may end after {@link #HEAD_MAX} bytes. */
    public static StoredEntryHeader of(byte[] bytes) {
        if (bytes.length < HEAD
                || bytes[0] != MAGIC
                || bytes[1] != FORMAT
                || (bytes[KEPT_AT] != 0 && bytes[KEPT_AT] != 1)) {
            return UNKNOWN;
        }
        return switch (bytes[2]) {
            case 'V' -> entry(Kind.VALUE, bytes, 0, true, HEAD);
            case 'W' -> bytes.length < LEASE_HEAD ? UNKNOWN : leased(bytes);
            case 'L' -> EMPTY;
            default -> UNKNOWN;
        };
    }

    private static StoredEntryHeader leased(byte[] bytes) {
        byte old = bytes[OLD_AT];
        long leaseEndMillis = ByteBuffer.wrap(bytes).getLong(LEASE_END_AT);
        return old == OLD_STAYS || old == OLD_ENDS
                ? entry(Kind.LEASED, bytes, leaseEndMillis, old == OLD_STAYS, LEASE_HEAD)
                : EMPTY;
    }

    private static StoredEntryHeader entry(
            Kind kind, byte[] bytes, long leaseEndMillis, boolean stays, int bodyOffset) {
        ByteBuffer head = ByteBuffer.wrap(bytes);
        Version version = new Version(head.getLong(VERSION_AT), head.getLong(VERSION_AT + Long.BYTES));
        return new StoredEntryHeader(
                kind, version, bytes[KEPT_AT] == 1, head.getLong(DEADLINE_AT), leaseEndMillis, stays, bodyOffset);
    }

    /** Returns who has the key for itself, or loads it, null if nobody does; the time may be over. */
    public static @Nullable Holder holder(byte[] bytes) {
        if (bytes.length < LEASE_HEAD || StoredEntryHeader.of(bytes).kind == Kind.UNKNOWN || bytes[2] == 'V') {
            return null;
        }
        ByteBuffer head = ByteBuffer.wrap(bytes);
        return new Holder(head.getLong(LEASE_AT), head.getLong(LEASE_END_AT), bytes[2] == 'L');
    }

    /**
     * Who has a key.
     *
     * @param node the node
     * @param endMillis until when, by the server's clock
     * @param loads whether it loads the key, or else writes it
     */
    public record Holder(long node, long endMillis, boolean loads) {}

    /** Returns the bytes of a version. */
    public static byte[] bytes(Version version) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(version.node())
                .putLong(version.counter())
                .array();
    }

    /** What can stand in a key. */
    public enum Kind {
        /** An entry. */
        VALUE,
        /** An entry under a write lease. */
        LEASED,
        /** A lease without an entry. */
        EMPTY,
        /** Not ours, or of a later version of this project. */
        UNKNOWN
    }
}
