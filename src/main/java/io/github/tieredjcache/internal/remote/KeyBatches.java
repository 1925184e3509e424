package io.github.tieredjcache.internal.remote;

import io.lettuce.core.KeyScanCursor;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** The Redis keys that match a pattern, batch by batch as SCAN finds them: some batches are empty, some keys come twice. */
final class KeyBatches implements Iterator<List<byte[]>> {
    private static final String START = "0";
    private static final int KEYS_LOOKED_AT = 500;

    private final RemoteClient client;
    private final byte[] pattern;
    private String cursor = START;
    private boolean finished;

    KeyBatches(RemoteClient client, byte[] pattern) {
        this.client = client;
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
        KeyScanCursor<byte[]> step = client.callAside(Request.scan(cursor, pattern, KEYS_LOOKED_AT));
        cursor = step.getCursor();
        finished = step.isFinished();
        return step.getKeys();
    }
}
