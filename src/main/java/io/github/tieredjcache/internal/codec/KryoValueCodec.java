package io.github.tieredjcache.internal.codec;

import com.esotericsoftware.kryo.io.KryoBufferOverflowException;
import io.github.tieredjcache.UndecodableReason;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import javax.cache.CacheException;

/**
 * Values as a version, flags, a checksum over key, flags and payload, and the graph that Kryo wrote.
 *
 * @param <V> the declared type of the values
 */
final class KryoValueCodec<V> implements ValueCodec<V> {
    private static final byte VERSION = 1;
    private static final byte NO_FLAGS = 0;
    private static final int FLAGS_AT = 1;
    private static final int CHECKSUM_AT = 2;
    private static final int HEAD_BYTES = 6;

    private final SessionPool pool;
    private final Class<V> declaredType;
    private final AllowList allowed;
    private final int payloadBytesMax;

    KryoValueCodec(SessionPool pool, Class<V> declaredType, AllowList allowed, int payloadBytesMax) {
        this.pool = pool;
        this.declaredType = declaredType;
        this.allowed = allowed;
        this.payloadBytesMax = payloadBytesMax;
    }

    @Override
    public byte[] encode(byte[] key, V value) {
        Session session = pool.take();
        byte[] bytes;
        try {
            bytes = session.writeGraph(allowed, value, HEAD_BYTES, payloadBytesMax);
        } catch (KryoBufferOverflowException | OutOfMemoryError e) {
            throw new CacheException(refusal(value) + Session.tooLarge(payloadBytesMax), e);
        } catch (RefusedException e) {
            throw new CacheException(refusal(value) + e.describe("value"), e.getCause());
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            throw new CacheException(refusal(value) + e.getClass().getName(), e);
        }
        bytes[0] = VERSION;
        bytes[FLAGS_AT] = NO_FLAGS;
        ByteBuffer.wrap(bytes).putInt(CHECKSUM_AT, checksum(session, key, bytes, 0));
        pool.release(session);
        return bytes;
    }

    @Override
    public V decode(byte[] key, byte[] cell, int offset) throws UndecodableException {
        int length = cell.length - offset - HEAD_BYTES;
        if (length < 0 || cell[offset] != VERSION || cell[offset + FLAGS_AT] != NO_FLAGS) {
            throw new UndecodableException(UndecodableReason.FORMAT, "not a value of this version");
        }
        if (length > payloadBytesMax) {
            throw new UndecodableException(UndecodableReason.LIMIT, Session.tooLarge(payloadBytesMax));
        }
        Session session = pool.take();
        if (ByteBuffer.wrap(cell).getInt(offset + CHECKSUM_AT) != checksum(session, key, cell, offset)) {
            pool.release(session);
            throw new UndecodableException(
                    UndecodableReason.CHECKSUM, "the checksum does not match the key and the bytes");
        }
        Object value = read(session, cell, offset + HEAD_BYTES, length);
        pool.release(session);
        if (!declaredType.isInstance(value)) {
            throw new UndecodableException(
                    UndecodableReason.CLASS_CHANGED,
                    "a value of class " + value.getClass().getName() + " is no " + declaredType.getName());
        }
        return declaredType.cast(value);
    }

    private Object read(Session session, byte[] cell, int start, int length) throws UndecodableException {
        try {
            return session.readGraph(allowed, cell, start, length);
        } catch (MalformedException e) {
            throw new UndecodableException(e.reason(), e.text());
        } catch (StackOverflowError | OutOfMemoryError e) {
            throw new UndecodableException(UndecodableReason.LIMIT, "reading it exceeds stack or memory", e);
        } catch (LinkageError e) {
            throw new UndecodableException(UndecodableReason.CLASS_CHANGED, "a class in it does not link", e);
        } catch (RuntimeException e) {
            throw new UndecodableException(UndecodableReason.DAMAGED, "reading it failed", e);
        }
    }

    private String refusal(V value) {
        return "cannot encode a value of class " + value.getClass().getName() + ": ";
    }

    private static int checksum(Session session, byte[] key, byte[] bytes, int offset) {
        CRC32C crc = session.crc();
        crc.update(key, 0, key.length);
        crc.update(bytes, offset + FLAGS_AT, 1);
        crc.update(bytes, offset + HEAD_BYTES, bytes.length - offset - HEAD_BYTES);
        return (int) crc.getValue();
    }
}
