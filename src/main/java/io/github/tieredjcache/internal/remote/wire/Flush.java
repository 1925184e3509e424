package io.github.tieredjcache.internal.remote.wire;

import java.util.ArrayList;
import java.util.List;

/** How much of one call is on its way on a connection at a time: others who share the connection wait behind it. */
public final class Flush {
    public static final int COMMANDS_MAX = 500;

    /** Of keys and values that are sent, or of values that are answered. */
    public static final long BYTES_MAX = 1 << 20;

    /** Before 7.2, Redis notes all keys of a script, for a client whom it tells of changes, with each key that the script reads. */
    private static final int SCRIPT_KEYS_MAX = 16;

    private Flush() {}

    /** Returns how many values fit, one at least, if they are as large as those that were answered. */
    public static int fitting(int answered, long bytes) {
        return bytes == 0 ? COMMANDS_MAX : (int) Math.max(1, Math.min(COMMANDS_MAX, BYTES_MAX * answered / bytes));
    }

    /** Returns what there is for each key in lists, each of which is for one script; views of the list. */
    public static <T> List<List<T>> scripts(List<T> keys) {
        List<List<T>> scripts = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += SCRIPT_KEYS_MAX) {
            scripts.add(keys.subList(from, Math.min(keys.size(), from + SCRIPT_KEYS_MAX)));
        }
        return scripts;
    }
}
