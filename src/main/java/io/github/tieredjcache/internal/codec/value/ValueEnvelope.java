package io.github.tieredjcache.internal.codec.value;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.IntegrityTag;
import io.github.tieredjcache.internal.codec.api.PayloadCodec;
import io.github.tieredjcache.internal.codec.api.Signature;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.api.ValueOptions;
import io.github.tieredjcache.internal.codec.graph.Budget;
import io.github.tieredjcache.internal.codec.graph.KryoSession;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a value as a payload with a header.
 *
 * <pre>
 *  0  format version 1
 *  1  flags: 1 compressed, 2 signed, 4 named codec
 *  2  the integrity tag: {@link Checksum} (4), or {@link Signature} (32) with flag 2
 *     with flag 4: the length of the codec's name (1), and the name
 *     with flag 1: the length of the payload before it was compressed (4)
 *     the payload
 * </pre>
 *
 * <p>Numbers are big endian. Redis scripts do not change these bytes. The bytes after the tag are read only if the tag
 * matches. A compressed payload is read even if this cache does not compress, so that nodes with and without
 * compression can share a Redis. Its decompressed length is at most 255 times its length in Redis and at most the
 * maximum size of a value, and the length in Redis bounds the number of its parts, see {@link Budget}. An unknown flag
 * makes an entry undecodable, so that later versions can add flags.
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
    /** An upper bound of the length of a header. */
    private static final int HEAD_BYTES_MAX = 256;

    private static final byte[] NO_BYTES = {};

    private final PayloadCodec<V> codec;
    private final byte[] name;
    private final int payloadBytesMax;
    private final int compressionThresholdBytes;
    private final OptionalLz4 lz4;
    private final @Nullable Lz4 compressor;
    private final IntegrityTag tag;
    private final int flags;

    /**
     * Wraps the payloads of a codec.
     *
     * @throws IllegalArgumentException if the LZ4 library is missing and the options compress
     */
    public ValueEnvelope(PayloadCodec<V> codec, int payloadBytesMax, ValueOptions<V> options, OptionalLz4 lz4) {
        this.codec = codec;
        this.name = bytes(codec.name());
        this.payloadBytesMax = payloadBytesMax;
        this.compressionThresholdBytes = options.compressionThresholdBytes();
        this.lz4 = lz4;
        this.compressor = compressionThresholdBytes == 0 ? null : lz4.require();
        this.tag = options.signature() == null ? new Checksum() : options.signature();
        this.flags = (options.signature() == null ? 0 : SIGNED) | (name.length == 0 ? 0 : NAMED);
    }

    /** Returns the length of a name and the name; no bytes for null. */
    private static byte[] bytes(@Nullable String name) {
        if (name == null) {
            return NO_BYTES;
        }
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(1 + text.length)
                .put((byte) text.length)
                .put(text)
                .array();
    }

    @Override
    public byte[] encode(byte[] key, V value) {
        int headBytes = IntegrityTag.OFFSET + tag.length() + name.length;
        PayloadCodec.Encoded encoded = codec.encode(value, headBytes);
        byte[] plain = encoded.bytes();
        byte[] compressed = compressed(plain, headBytes);
        if (compressed != null && compressed.length - headBytes - Integer.BYTES < encoded.bytesNeeded()) {
            // Readers would refuse a payload with so many parts for its length, see Budget.
            compressed = null;
        }
        byte[] entry = compressed == null ? plain : compressed;
        entry[0] = VERSION;
        entry[FLAGS_AT] = (byte) (flags | (compressed == null ? 0 : COMPRESSED));
        System.arraycopy(name, 0, entry, headBytes - name.length, name.length);
        if (compressed != null) {
            ByteBuffer.wrap(entry).putInt(headBytes, plain.length - headBytes);
        }
        tag.write(key, entry);
        return entry;
    }

    private byte @Nullable [] compressed(byte[] plain, int headBytes) {
        return compressor == null || plain.length - headBytes < compressionThresholdBytes
                ? null
                : compressor.compress(plain, headBytes, headBytes + Integer.BYTES);
    }

    @Override
    public V decode(byte[] key, byte[] storedEntry, int offset) throws UndecodableException {
        int length = storedEntry.length - offset;
        if (length < IntegrityTag.OFFSET
                || storedEntry[offset] != VERSION
                || (storedEntry[offset + FLAGS_AT] & ~ALL_FLAGS) != 0) {
            throw format();
        }
        if (length > payloadBytesMax + HEAD_BYTES_MAX) {
            throw tooLarge();
        }
        int found = storedEntry[offset + FLAGS_AT];
        requireTag((found & SIGNED) != 0, key, storedEntry, offset);
        int start = offset + IntegrityTag.OFFSET + tag.length();
        ByteBuffer rest = ByteBuffer.wrap(storedEntry, start, storedEntry.length - start);
        requireSameCodec((found & NAMED) == 0 ? NO_BYTES : name(rest));
        if ((found & COMPRESSED) != 0) {
            byte[] plain = decompressed(storedEntry, rest);
            return codec.decode(plain, 0, plain.length, rest.remaining());
        }
        if (rest.remaining() > payloadBytesMax) {
            throw tooLarge();
        }
        return codec.decode(storedEntry, rest.position(), rest.remaining(), rest.remaining());
    }

    private void requireTag(boolean signed, byte[] key, byte[] storedEntry, int offset) throws UndecodableException {
        if (signed != ((flags & SIGNED) != 0)) {
            throw new UndecodableException(
                    UndecodableReason.SIGNATURE,
                    signed
                            ? "the entry is signed, and this cache has no codec.hmac-keys"
                            : "the entry is not signed, and this cache has codec.hmac-keys");
        }
        if (storedEntry.length - offset < IntegrityTag.OFFSET + tag.length()) {
            throw format();
        }
        if (!tag.matches(key, storedEntry, offset)) {
            throw new UndecodableException(
                    tag.mismatch(),
                    signed
                            ? "signature mismatch: the entry was damaged, copied under another Redis key, or signed"
                                    + " with another HMAC key"
                            : "checksum mismatch: the entry was damaged or copied under another key");
        }
    }

    private static byte[] name(ByteBuffer rest) throws UndecodableException {
        if (rest.remaining() < 1 || rest.remaining() <= rest.get(rest.position())) {
            throw new UndecodableException(UndecodableReason.DAMAGED, "the entry ends within the name of its codec");
        }
        byte[] named = new byte[1 + Math.max(0, rest.get(rest.position()))];
        rest.get(named);
        return named;
    }

    private void requireSameCodec(byte[] writer) throws UndecodableException {
        if (!Arrays.equals(writer, name)) {
            throw new UndecodableException(
                    UndecodableReason.OTHER_CODEC,
                    "the entry was written by " + show(writer) + ", not by " + show(name));
        }
    }

    private static String show(byte[] name) {
        return name.length == 0
                ? "the library's own codec"
                : "the codec '" + new String(name, 1, name.length - 1, StandardCharsets.US_ASCII) + "'";
    }

    private byte[] decompressed(byte[] storedEntry, ByteBuffer rest) throws UndecodableException {
        if (rest.remaining() < Integer.BYTES) {
            throw new UndecodableException(
                    UndecodableReason.DAMAGED, "the entry ends within the length of its compressed payload");
        }
        int size = rest.getInt();
        if (size > payloadBytesMax) {
            throw tooLarge();
        }
        Lz4 decompressor = lz4.find();
        if (decompressor == null) {
            throw new UndecodableException(
                    UndecodableReason.OTHER_CODEC,
                    "the entry is compressed, and the library at.yawk.lz4:lz4-java is not on the class path");
        }
        return decompressor.decompress(storedEntry, rest.position(), rest.remaining(), size);
    }

    private static UndecodableException format() {
        return UndecodableException.format("the entry has an unknown format version, unknown flags or too few bytes");
    }

    private UndecodableException tooLarge() {
        return new UndecodableException(UndecodableReason.LIMIT, KryoSession.tooLarge(payloadBytesMax));
    }
}
