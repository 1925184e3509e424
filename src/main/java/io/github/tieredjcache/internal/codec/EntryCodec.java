package io.github.tieredjcache.internal.codec;

import io.github.tieredjcache.UndecodableReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A value's payload and what goes before it.
 *
 * <pre>
 *  0  format version 1
 *  1  flags: 4 a codec is named
 *  2  CRC-32C over the Redis key, the flags and all that follows
 *  6  with flag 4: the length of the codec's name, and the name
 *     the payload
 * </pre>
 *
 * <p>Numbers are big endian. Nothing of it is changed in Redis. A flag that is not known here makes an entry unreadable, so later
 * versions can add some.
 *
 * @param <V> the declared type of the values
 */
final class EntryCodec<V> implements ValueCodec<V> {
    private static final byte VERSION = 1;
    private static final int FLAGS_AT = 1;
    private static final int CHECKSUM_AT = 2;
    private static final int HEAD_BYTES = 6;
    private static final int NAMED = 4;
    /** More than all heads have. */
    private static final int HEAD_BYTES_MAX = 256;

    private final PayloadCodec<V> codec;
    private final byte[] name;
    private final int payloadBytesMax;

    EntryCodec(PayloadCodec<V> codec, int payloadBytesMax) {
        this.codec = codec;
        this.name = bytes(codec.name());
        this.payloadBytesMax = payloadBytesMax;
    }

    /** The length of a name and the name; nothing for none. */
    private static byte[] bytes(@Nullable String name) {
        if (name == null) {
            return Shapes.NO_BYTES;
        }
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(1 + text.length)
                .put((byte) text.length)
                .put(text)
                .array();
    }

    @Override
    public byte[] encode(byte[] key, V value) {
        byte[] entry = codec.encode(value, HEAD_BYTES + name.length);
        entry[0] = VERSION;
        entry[FLAGS_AT] = (byte) (name.length == 0 ? 0 : NAMED);
        System.arraycopy(name, 0, entry, HEAD_BYTES, name.length);
        ByteBuffer.wrap(entry).putInt(CHECKSUM_AT, checksum(key, entry, 0));
        return entry;
    }

    @Override
    public V decode(byte[] key, byte[] cell, int offset) throws UndecodableException {
        int length = cell.length - offset;
        if (length < HEAD_BYTES || cell[offset] != VERSION || (cell[offset + FLAGS_AT] & ~NAMED) != 0) {
            throw new UndecodableException(UndecodableReason.FORMAT, "not a value of this version");
        }
        if (length > payloadBytesMax + HEAD_BYTES_MAX) {
            throw tooLarge();
        }
        if (ByteBuffer.wrap(cell).getInt(offset + CHECKSUM_AT) != checksum(key, cell, offset)) {
            throw new UndecodableException(
                    UndecodableReason.CHECKSUM, "the checksum does not match the key and the bytes");
        }
        ByteBuffer rest = ByteBuffer.wrap(cell, offset + HEAD_BYTES, length - HEAD_BYTES);
        requireOwn((cell[offset + FLAGS_AT] & NAMED) == 0 ? Shapes.NO_BYTES : name(rest));
        if (rest.remaining() > payloadBytesMax) {
            throw tooLarge();
        }
        return codec.decode(cell, rest.position(), rest.remaining());
    }

    private UndecodableException tooLarge() {
        return new UndecodableException(UndecodableReason.LIMIT, Session.tooLarge(payloadBytesMax));
    }

    private static byte[] name(ByteBuffer rest) throws UndecodableException {
        if (rest.remaining() < 1 || rest.remaining() <= rest.get(rest.position())) {
            throw new UndecodableException(UndecodableReason.DAMAGED, "the name of a codec that the bytes do not hold");
        }
        byte[] named = new byte[1 + Math.max(0, rest.get(rest.position()))];
        rest.get(named);
        return named;
    }

    private void requireOwn(byte[] writer) throws UndecodableException {
        if (!Arrays.equals(writer, name)) {
            throw new UndecodableException(
                    UndecodableReason.OTHER_CODEC, "it was written by " + show(writer) + ", not by " + show(name));
        }
    }

    private static String show(byte[] name) {
        return name.length == 0
                ? "the library's own codec"
                : "the codec '" + new String(name, 1, name.length - 1, StandardCharsets.US_ASCII) + "'";
    }

    private static int checksum(byte[] key, byte[] bytes, int offset) {
        CRC32C crc = new CRC32C();
        crc.update(key, 0, key.length);
        crc.update(bytes, offset + FLAGS_AT, 1);
        crc.update(bytes, offset + HEAD_BYTES, bytes.length - offset - HEAD_BYTES);
        return (int) crc.getValue();
    }
}
