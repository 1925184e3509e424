package io.github.tieredjcache.internal.codec.value;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.IntegrityTag;
import io.github.tieredjcache.internal.codec.api.PayloadCodec;
import io.github.tieredjcache.internal.codec.api.Signature;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.api.ValueOptions;
import io.github.tieredjcache.internal.codec.graph.Budget;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
import io.github.tieredjcache.internal.codec.graph.KryoSession;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A value's payload and what goes before it.
 *
 * <pre>
 *  0  format version 1
 *  1  flags: 1 compressed, 2 signed, 4 a codec is named
 *  2  the seal, see {@link Checksum} (4) and with flag 2 {@link Signature} (32)
 *     with flag 4: the length of the codec's name (1), and the name
 *     with flag 1: the length of the payload before it was compressed (4)
 *     the payload
 * </pre>
 *
 * <p>Numbers are big endian. Nothing of it is changed in Redis. Nothing behind the seal is looked at before the seal was found to
 * match. A compressed payload is read whether or not this cache compresses, so that both kinds of nodes can share a Redis: it is at
 * most 255 times as long as its bytes, no longer than a value may be, and has no more parts than these bytes pay for in {@link
 * Budget}. A flag that is not known here makes an entry unreadable, so later versions can add some.
 *
 * @param <V> the declared type of the values
 */
public final class ValueEnvelope<V> implements ValueCodec<V> {
    private static final byte VERSION = 1;
    private static final int FLAGS_AT = 1;
    private static final int COMPRESSED = 1;
    private static final int SIGNED = 2;
    private static final int NAMED = 4;
    private static final int ALL_FLAGS = COMPRESSED | SIGNED | NAMED;
    /** More than any head has. */
    private static final int HEAD_BYTES_MAX = 256;

    private final PayloadCodec<V> codec;
    private final byte[] name;
    private final int payloadBytesMax;
    private final int compressedFromBytes;
    private final OptionalLz4 lz4;
    private final @Nullable Lz4 compressor;
    private final IntegrityTag seal;
    private final int flags;

    /**
     * Puts the payloads of a codec into envelopes.
     *
     * @throws IllegalArgumentException if the library for the compression is missing
     */
    public ValueEnvelope(PayloadCodec<V> codec, int payloadBytesMax, ValueOptions<V> options, OptionalLz4 lz4) {
        this.codec = codec;
        this.name = bytes(codec.name());
        this.payloadBytesMax = payloadBytesMax;
        this.compressedFromBytes = options.compressedFromBytes();
        this.lz4 = lz4;
        this.compressor = compressedFromBytes == 0 ? null : lz4.require();
        this.seal = options.signature() == null ? new Checksum() : options.signature();
        this.flags = (options.signature() == null ? 0 : SIGNED) | (name.length == 0 ? 0 : NAMED);
    }

    /** The length of a name and the name; nothing for none. */
    private static byte[] bytes(@Nullable String name) {
        if (name == null) {
            return ClassDescriptors.NO_BYTES;
        }
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(1 + text.length)
                .put((byte) text.length)
                .put(text)
                .array();
    }

    @Override
    public byte[] encode(byte[] key, V value) {
        int headBytes = IntegrityTag.AT + seal.length() + name.length;
        PayloadCodec.Encoded encoded = codec.encode(value, headBytes);
        byte[] plain = encoded.bytes();
        byte[] compressed = compressed(plain, headBytes);
        if (compressed != null && compressed.length - headBytes - Integer.BYTES < encoded.bytesNeeded()) {
            // No reader would believe that so few bytes hold so much.
            compressed = null;
        }
        byte[] entry = compressed == null ? plain : compressed;
        entry[0] = VERSION;
        entry[FLAGS_AT] = (byte) (flags | (compressed == null ? 0 : COMPRESSED));
        System.arraycopy(name, 0, entry, headBytes - name.length, name.length);
        if (compressed != null) {
            ByteBuffer.wrap(entry).putInt(headBytes, plain.length - headBytes);
        }
        seal.put(key, entry);
        return entry;
    }

    private byte @Nullable [] compressed(byte[] plain, int headBytes) {
        return compressor == null || plain.length - headBytes < compressedFromBytes
                ? null
                : compressor.compress(plain, headBytes, headBytes + Integer.BYTES);
    }

    @Override
    public V decode(byte[] key, byte[] cell, int offset) throws UndecodableException {
        int length = cell.length - offset;
        if (length < IntegrityTag.AT || cell[offset] != VERSION || (cell[offset + FLAGS_AT] & ~ALL_FLAGS) != 0) {
            throw format();
        }
        if (length > payloadBytesMax + HEAD_BYTES_MAX) {
            throw tooLarge();
        }
        int found = cell[offset + FLAGS_AT];
        requireSeal((found & SIGNED) != 0, key, cell, offset);
        int start = offset + IntegrityTag.AT + seal.length();
        ByteBuffer rest = ByteBuffer.wrap(cell, start, cell.length - start);
        requireOwn((found & NAMED) == 0 ? ClassDescriptors.NO_BYTES : name(rest));
        if ((found & COMPRESSED) != 0) {
            byte[] plain = decompressed(cell, rest);
            return codec.decode(plain, 0, plain.length, rest.remaining());
        }
        if (rest.remaining() > payloadBytesMax) {
            throw tooLarge();
        }
        return codec.decode(cell, rest.position(), rest.remaining(), rest.remaining());
    }

    private void requireSeal(boolean signed, byte[] key, byte[] cell, int offset) throws UndecodableException {
        if (signed != ((flags & SIGNED) != 0)) {
            throw new UndecodableException(
                    UndecodableReason.SIGNATURE,
                    signed ? "it is signed, and there are no keys here" : "it is not signed");
        }
        if (cell.length - offset < IntegrityTag.AT + seal.length()) {
            throw format();
        }
        if (!seal.matches(key, cell, offset)) {
            throw new UndecodableException(
                    seal.mismatch(),
                    (signed ? "the signature" : "the checksum") + " does not match the key and the bytes");
        }
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

    private byte[] decompressed(byte[] cell, ByteBuffer rest) throws UndecodableException {
        if (rest.remaining() < Integer.BYTES) {
            throw new UndecodableException(UndecodableReason.DAMAGED, "it does not say how large it is");
        }
        int size = rest.getInt();
        if (size > payloadBytesMax) {
            throw tooLarge();
        }
        Lz4 decompressor = lz4.find();
        if (decompressor == null) {
            throw new UndecodableException(
                    UndecodableReason.OTHER_CODEC,
                    "it is compressed, and the library at.yawk.lz4:lz4-java is not on the class path");
        }
        return decompressor.decompress(cell, rest.position(), rest.remaining(), size);
    }

    private static UndecodableException format() {
        return UndecodableException.format("not a value of this version");
    }

    private UndecodableException tooLarge() {
        return new UndecodableException(UndecodableReason.LIMIT, KryoSession.tooLarge(payloadBytesMax));
    }
}
