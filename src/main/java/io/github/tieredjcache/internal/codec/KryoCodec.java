package io.github.tieredjcache.internal.codec;

import com.esotericsoftware.kryo.io.KryoBufferOverflowException;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Values as the graph that Kryo wrote.
 *
 * @param <V> the declared type of the values
 */
final class KryoCodec<V> implements PayloadCodec<V> {
    private final SessionPool pool;
    private final Class<V> declaredType;
    private final AllowList allowed;
    private final int payloadBytesMax;

    KryoCodec(SessionPool pool, Class<V> declaredType, AllowList allowed, int payloadBytesMax) {
        this.pool = pool;
        this.declaredType = declaredType;
        this.allowed = allowed;
        this.payloadBytesMax = payloadBytesMax;
    }

    @Override
    public @Nullable String name() {
        return null;
    }

    @Override
    public byte[] encode(V value, int headBytes) {
        Session session = pool.take();
        byte[] bytes;
        try {
            bytes = session.writeGraph(allowed, value, headBytes, payloadBytesMax);
        } catch (KryoBufferOverflowException | OutOfMemoryError e) {
            throw new CacheException(refusal(value) + Session.tooLarge(payloadBytesMax), e);
        } catch (RefusedException e) {
            throw new CacheException(refusal(value) + e.describe("value"), e.getCause());
        } catch (Exception | Error e) {
            UserFailure.requireOrdinary(e);
            throw new CacheException(refusal(value) + e.getClass().getName(), e);
        }
        pool.release(session);
        return bytes;
    }

    @Override
    public V decode(byte[] bytes, int start, int length) throws UndecodableException {
        Session session = pool.take();
        Object value = read(session, bytes, start, length);
        pool.release(session);
        return PayloadCodec.checked(declaredType, value);
    }

    private Object read(Session session, byte[] bytes, int start, int length) throws UndecodableException {
        try {
            return session.readGraph(allowed, bytes, start, length);
        } catch (MalformedException e) {
            throw new UndecodableException(e.reason(), e.text());
        } catch (Exception | Error e) {
            throw UserFailure.undecodable(e, "reading it");
        }
    }

    private String refusal(V value) {
        return "cannot encode a value of class " + value.getClass().getName() + ": ";
    }
}
