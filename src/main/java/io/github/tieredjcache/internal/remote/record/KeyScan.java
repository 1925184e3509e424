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
 * An iteration over the Redis keys that match a pattern, in the batches of SCAN: a batch may be empty, a key may come
 * twice.
 *
 * <p>A node of a Redis Cluster does not return keys that have moved to another node during the scan, and does not
 * report that. So the scan checks at its end that the node still serves the slot; if not, the scan begins again at the
 * new node.
 */
final class KeyScan implements Iterator<List<byte[]>> {
    private static final String START = "0";
    private static final int KEYS_PER_STEP = 500;

    /** How often a scan begins; it begins again when the connection, or the server behind it, has changed. */
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
        KeyScanCursor<byte[]> step = executor.queryOnSideConnection(connection -> {
            if (connection != scanned) {
                begin(connection);
            }
            return RedisCommand.scan(cursor, pattern, KEYS_PER_STEP);
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

    /** Begins the scan; a cursor of one server is meaningless to another one. */
    private void begin(RedisConnection connection) {
        if (++starts > STARTS_MAX) {
            throw new CacheException("gave up on an iteration because the connection to Redis changed " + STARTS_MAX
                    + " times during it");
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
