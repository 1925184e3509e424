package io.github.tieredjcache.internal.remote.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * The bounds of one flush: how much one call sends at a time. Other calls on the same connection wait until the flush
 * is transferred.
 */
public final class Flush {
    public static final int COMMANDS_MAX = 500;

    /** The maximum bytes of sent keys and values, and of returned values. */
    public static final long BYTES_MAX = 1 << 20;

    /**
     * Before version 7.2, Redis tracks all keys of a script once for each key that the script reads, for a client with
     * tracking on; the bound keeps this quadratic cost small.
     */
    public static final int SCRIPT_KEYS_MAX = 16;

    private Flush() {}

    /**
     * Returns how many values to request in the next flush, at least one.
     *
     * @param received how many values the last flush returned
     * @param bytes their total length, by which the average length of the next values is estimated
     */
    public static int valuesPerFlush(int received, long bytes) {
        return bytes == 0 ? COMMANDS_MAX : (int) Math.max(1, Math.min(COMMANDS_MAX, BYTES_MAX * received / bytes));
    }

    /** Returns the commands of the flush that begins with the command at an index; the list is a view. */
    public static <T> List<RedisCommand<T>> next(List<RedisCommand<T>> commands, int from) {
        long bytes = 0;
        int to = from;
        while (to < commands.size()
                && to - from < COMMANDS_MAX
                && (to == from || bytes + commands.get(to).bytes() <= BYTES_MAX)) {
            bytes += commands.get(to).bytes();
            to++;
        }
        return commands.subList(from, to);
    }

    /** Splits the keys of a call into lists for one script each; the lists are views. */
    public static <T> List<List<T>> perScript(List<T> keys) {
        List<List<T>> scripts = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += SCRIPT_KEYS_MAX) {
            scripts.add(keys.subList(from, Math.min(keys.size(), from + SCRIPT_KEYS_MAX)));
        }
        return scripts;
    }
}
