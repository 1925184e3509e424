package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.connection.ExceptionTranslator;
import io.github.tieredjcache.internal.remote.connection.RedisConnection;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.lettuce.core.KeyScanCursor;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The Redis keys that match a pattern, batch by batch as SCAN finds them: some batches are empty, some keys come twice.
 *
 * <p>A node of a Redis Cluster finds none of those that it has given to another meanwhile, and says nothing of it; so it is asked
 * at the end whether they are still its own, and if not, all begins anew where they are.
 */
final class KeyScan implements Iterator<List<byte[]>> {
    private static final String START = "0";
    private static final int KEYS_LOOKED_AT = 500;

    /** How often all begins anew; each time the connection has changed, or what it leads to. */
    private static final int STARTS_MAX = 100;

    private final CommandExecutor executor;
    private final byte[] pattern;
    private @Nullable RedisConnection scanned;
    private String cursor = START;
    private int starts;
    private boolean finished;

    KeyScan(CommandExecutor executor, byte[] pattern) {
        this.executor = executor;
        this.pattern = pattern;
    }

    @Override
    public boolean hasNext() {
        return !finished;
    }

    @Override
    public List<byte[]> next() {
        if (finished) {
            throw new NoSuchElementException();
        }
        KeyScanCursor<byte[]> step = executor.askAside(connection -> {
            if (connection != scanned) {
                begin(connection);
            }
            return connection.send(RedisCommand.scan(cursor, pattern, KEYS_LOOKED_AT));
        });
        cursor = step.getCursor();
        if (step.isFinished()) {
            if (hasSlot(Objects.requireNonNull(scanned))) {
                finished = true;
            } else {
                scanned = null;
            }
        }
        return step.getKeys();
    }

    /** A cursor means nothing to another server. */
    private void begin(RedisConnection connection) {
        if (++starts > STARTS_MAX) {
            throw new CacheException("gave up on an iteration that has met " + STARTS_MAX + " connections to Redis");
        }
        scanned = connection;
        cursor = START;
    }

    private boolean hasSlot(RedisConnection connection) {
        try {
            var unused = executor.await(connection.requireSlot());
            return true;
        } catch (ExceptionTranslator.DemotedException | ExceptionTranslator.ConnectionLostException e) {
            return false;
        }
    }
}
