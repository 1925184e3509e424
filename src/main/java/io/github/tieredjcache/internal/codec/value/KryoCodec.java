package io.github.tieredjcache.internal.codec.value;

import com.esotericsoftware.kryo.io.KryoBufferOverflowException;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.PayloadCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import io.github.tieredjcache.internal.codec.api.UserFailure;
import io.github.tieredjcache.internal.codec.graph.AllowList;
import io.github.tieredjcache.internal.codec.graph.KryoSession;
import io.github.tieredjcache.internal.codec.graph.PartsFirstException;
import io.github.tieredjcache.internal.codec.graph.SessionPool;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Encodes values as object graphs with Kryo.
 *
 * @param <V> the declared type of the values
 */
public final class KryoCodec<V> implements PayloadCodec<V> {
    private final SessionPool pool;
    private final Class<V> declaredType;
    private final AllowList allowed;
    private final int payloadBytesMax;

    public KryoCodec(SessionPool pool, Class<V> declaredType, AllowList allowed, int payloadBytesMax) {
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
    public Encoded encode(V value, int headBytes) {
        try {
            return encode(value, headBytes, false);
        } catch (PartsFirstException e) {
            return encode(value, headBytes, true);
        }
    }

    private Encoded encode(V value, int headBytes, boolean partsFirst) {
        KryoSession session = pool.take();
        Encoded encoded;
        try {
            byte[] bytes = session.writeGraph(allowed, value, headBytes, payloadBytesMax, partsFirst);
            encoded = new Encoded(bytes, session.budget().bytesNeeded());
        } catch (PartsFirstException e) {
            throw e;
        } catch (KryoBufferOverflowException | OutOfMemoryError e) {
            throw new CacheException(refusal(value) + KryoSession.tooLarge(payloadBytesMax), e);
        } catch (UnencodableException e) {
            throw new CacheException(refusal(value) + e.describe("value"), e.getCause());
        } catch (Exception | Error e) {
            UserFailure.rethrowIfFatal(e);
            throw new CacheException(refusal(value) + e.getClass().getName(), e);
        }
        pool.release(session);
        return encoded;
    }

    @Override
    public V decode(byte[] bytes, int start, int length, int bytesRead) throws UndecodableException {
        KryoSession session = pool.take();
        Object value;
        try {
            value = session.readGraph(allowed, bytes, start, length, bytesRead);
        } catch (MalformedException e) {
            throw new UndecodableException(e.reason(), e.text());
        } catch (Exception | Error e) {
            throw UserFailure.undecodable(e, "reading the value");
        }
        pool.release(session);
        return PayloadCodec.checked(declaredType, value);
    }

    private String refusal(V value) {
        return "cannot encode a value of class " + value.getClass().getName() + ": ";
    }
}
