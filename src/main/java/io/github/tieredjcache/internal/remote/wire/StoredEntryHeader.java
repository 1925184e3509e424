package io.github.tieredjcache.internal.remote.wire;

import io.github.tieredjcache.internal.model.Version;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The header of a stored entry, which is the value of a Redis key; {@code entry.lua} describes the same bytes.
 *
 * <pre>
 *  0  'T'          2  kind: 'V' value, 'W' write lease, 'L' load lease
 *  1  format 1     3  1 if the entry is kept when it has expired, 0 if Redis removes it then
 *  4  version of the entry: node, counter       20  deadline by the server's clock in ms, 0 for none
 *  28 'V': the value
 *  28 'W': the lease id (16), the lease end by the server's clock in ms (8), the state of the old value (1 byte:
 *     0 none, 1 stays after the lease, 2 expires with the lease, 3 in doubt and absent, 4 has expired and stays after the
 *     lease, 5 has expired and is dropped with the lease), then the old value; version and deadline are those of the
 *     old entry
 *  28 'L': the same, where the old value has expired (1) or is absent (0)
 * </pre>
 *
 * <p>Numbers are big endian. The deadline, byte 3, the lease end and the state of the old value may change in place.
 *
 * @param kind the kind of the stored entry
 * @param version the version of the entry
 * @param keptWhenExpired whether Redis keeps the entry when it has expired
 * @param deadlineMillis the deadline of the entry, by the server's clock; 0 for none
 * @param leaseEndMillis the end of the lease, by the server's clock; 0 without a lease
 * @param staysAfterLease whether the entry stays if the lease expires
 */
public record StoredEntryHeader(
        Kind kind,
        Version version,
        boolean keptWhenExpired,
        long deadlineMillis,
        long leaseEndMillis,
        boolean staysAfterLease) {
    /** The maximum length of a header. */
    public static final int BYTES_MAX = 53;

    private static final int HEADER_BYTES = 28;
    private static final int LEASED_HEADER_BYTES = BYTES_MAX;
    private static final int KEPT_AT = 3;
    private static final int VERSION_AT = 4;
    private static final int DEADLINE_AT = 20;
    private static final int LEASE_AT = 28;
    private static final int LEASE_END_AT = 44;
    private static final int OLD_AT = 52;
    private static final byte MAGIC = 'T';
    private static final byte FORMAT = 1;
    private static final byte OLD_STAYS = 1;
    private static final byte OLD_EXPIRES_WITH_LEASE = 2;
    private static final StoredEntryHeader EMPTY = new StoredEntryHeader(Kind.EMPTY, Version.LOCAL, false, 0, 0, false);
    private static final StoredEntryHeader UNKNOWN =
            new StoredEntryHeader(Kind.UNKNOWN, Version.LOCAL, false, 0, 0, false);

    /** Reads the header; {@code bytes} may end after {@link #BYTES_MAX} bytes. */
    public static StoredEntryHeader of(byte[] bytes) {
        if (bytes.length < HEADER_BYTES
                || bytes[0] != MAGIC
                || bytes[1] != FORMAT
                || (bytes[KEPT_AT] != 0 && bytes[KEPT_AT] != 1)) {
            return UNKNOWN;
        }
        return switch (bytes[2]) {
            case 'V' -> entry(Kind.VALUE, bytes, 0, true);
            case 'W' -> bytes.length < LEASED_HEADER_BYTES ? UNKNOWN : leased(bytes);
            case 'L' -> EMPTY;
            default -> UNKNOWN;
        };
    }

    private static StoredEntryHeader leased(byte[] bytes) {
        byte old = bytes[OLD_AT];
        long leaseEndMillis = ByteBuffer.wrap(bytes).getLong(LEASE_END_AT);
        return old == OLD_STAYS || old == OLD_EXPIRES_WITH_LEASE
                ? entry(Kind.LEASED, bytes, leaseEndMillis, old == OLD_STAYS)
                : EMPTY;
    }

    private static StoredEntryHeader entry(Kind kind, byte[] bytes, long leaseEndMillis, boolean stays) {
        ByteBuffer head = ByteBuffer.wrap(bytes);
        Version version = new Version(head.getLong(VERSION_AT), head.getLong(VERSION_AT + Long.BYTES));
        return new StoredEntryHeader(
                kind, version, bytes[KEPT_AT] == 1, head.getLong(DEADLINE_AT), leaseEndMillis, stays);
    }

    /** Returns the index of the first byte of the encoded value; 0 without a value. */
    public int valueOffset() {
        return switch (kind) {
            case VALUE -> HEADER_BYTES;
            case LEASED -> LEASED_HEADER_BYTES;
            case EMPTY, UNKNOWN -> 0;
        };
    }

    /**
     * Returns the holder of the write lease or load lease of the key, null if there is no lease; the lease may be over.
     */
    public static @Nullable LeaseHolder leaseHolder(byte[] bytes) {
        if (bytes.length < LEASED_HEADER_BYTES || StoredEntryHeader.of(bytes).kind == Kind.UNKNOWN || bytes[2] == 'V') {
            return null;
        }
        ByteBuffer head = ByteBuffer.wrap(bytes);
        return new LeaseHolder(head.getLong(LEASE_AT), head.getLong(LEASE_END_AT), bytes[2] == 'L');
    }

    /**
     * The holder of a lease.
     *
     * @param node the number of the node
     * @param endMillis the end of the lease, by the server's clock
     * @param loads whether this is a load lease; else it is a write lease
     */
    public record LeaseHolder(long node, long endMillis, boolean loads) {}

    /** Returns a version as 16 bytes. */
    public static byte[] bytes(Version version) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(version.node())
                .putLong(version.counter())
                .array();
    }

    /** The kinds of stored entries. */
    public enum Kind {
        /** An entry. */
        VALUE,
        /** An entry under a write lease. */
        LEASED,
        /** A write lease or load lease without an entry. */
        EMPTY,
        /** Not written by this library, or by a later version of it. */
        UNKNOWN
    }
}
