package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.port.HotKeys;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hot keys of one cache, in one Redis key: a byte for the format, then each encoded key after its length (4 bytes,
 * big endian).
 */
final class RemoteHotKeys<K> implements HotKeys<K> {
    private static final byte FORMAT = 1;
    private static final Duration KEPT = Duration.ofDays(7);

    private final CommandExecutor executor;
    private final KeySpace space;
    private final KeyCodec<K> keys;

    RemoteHotKeys(CommandExecutor executor, KeySpace space, KeyCodec<K> keys) {
        this.executor = executor;
        this.space = space;
        this.keys = keys;
    }

    @Override
    public List<K> read(int keysMax) {
        return decoded(executor.callOnSideConnection(RedisCommand.get(space.hotKeysKey())), keys, keysMax);
    }

    /**
     * Decodes at most {@code keysMax} keys of a list: a client with write access to Redis could make the list
     * arbitrarily long.
     */
    static <K> List<K> decoded(byte @Nullable [] bytes, KeyCodec<K> keys, int keysMax) {
        List<K> found = new ArrayList<>();
        if (bytes == null || bytes.length == 0 || bytes[0] != FORMAT) {
            return found;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        for (int i = 0; i < keysMax && buffer.remaining() >= Integer.BYTES; i++) {
            int length = buffer.getInt();
            if (length < 0 || length > buffer.remaining()) {
                break;
            }
            byte[] encoded = new byte[length];
            buffer.get(encoded);
            try {
                found.add(keys.decode(encoded));
            } catch (UndecodableException e) {
                // Written by another version of the application; a warm start can do without the key.
            }
        }
        return found;
    }

    @Override
    public void write(List<K> hottest) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(FORMAT);
        for (K key : hottest) {
            byte[] encoded = keys.encode(key);
            bytes.writeBytes(
                    ByteBuffer.allocate(Integer.BYTES).putInt(encoded.length).array());
            bytes.writeBytes(encoded);
        }
        executor.callOnSideConnection(RedisCommand.set(space.hotKeysKey(), bytes.toByteArray(), KEPT));
    }
}
