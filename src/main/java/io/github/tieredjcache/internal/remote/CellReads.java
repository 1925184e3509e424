package io.github.tieredjcache.internal.remote;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads what stands in keys, in answers of a bounded size: so nobody waits long behind them, and nothing is moved that no codec of this
 * cache would take.
 *
 * @param cellBytesMax how much may stand in a key
 * @param tooLarge is told of each key in which more stands
 */
record CellReads(long cellBytesMax, Consumer<byte[]> tooLarge) {
    /** What answers that are on their way together hold at most, unless the first value is larger. */
    private static final long ANSWERS_BYTES_MAX = 1 << 20;

    private static final int KEYS_MAX = 500;

    /** How many keys a script has: before 7.2, Redis notes all of them for its reader with each that is read. */
    static final int SCRIPT_KEYS_MAX = 16;

    private static final long ASK_AGAIN = 0;

    /**
     * Returns what stands in the keys, in their order; null where nothing does, or too much.
     *
     * @param calls sends requests, which may be sent again, and returns the answers
     */
    List<byte @Nullable []> read(
            List<byte[]> keys, Function<List<Request<List<@Nullable Object>>>, List<List<@Nullable Object>>> calls) {
        List<byte @Nullable []> cells = new ArrayList<>(Collections.nCopies(keys.size(), null));
        List<Integer> left = IntStream.range(0, keys.size()).boxed().toList();
        int together = KEYS_MAX;
        while (!left.isEmpty()) {
            List<Integer> asked = left.subList(0, Math.min(together, left.size()));
            List<Object> answers = ask(asked.stream().map(keys::get).toList(), calls);
            List<Integer> again = new ArrayList<>();
            long bytes = 0;
            int found = 0;
            for (int i = 0; i < asked.size(); i++) {
                Object answer = answers.get(i);
                if (answer instanceof byte[] cell) {
                    cells.set(asked.get(i), cell);
                    bytes += cell.length;
                    found++;
                } else if (answer instanceof Long sign && sign == ASK_AGAIN) {
                    again.add(asked.get(i));
                } else if (answer != null) {
                    tooLarge.accept(keys.get(asked.get(i)));
                }
            }
            again.addAll(left.subList(asked.size(), left.size()));
            left = again;
            // As many as fit if they are as large as these.
            together = bytes == 0 ? KEYS_MAX : (int) Math.max(1, Math.min(KEYS_MAX, ANSWERS_BYTES_MAX * found / bytes));
        }
        return cells;
    }

    /** Returns what is answered for each key, as {@code read-all.lua} says. */
    private List<@Nullable Object> ask(
            List<byte[]> keys, Function<List<Request<List<@Nullable Object>>>, List<List<@Nullable Object>>> calls) {
        int scripts = (keys.size() + SCRIPT_KEYS_MAX - 1) / SCRIPT_KEYS_MAX;
        List<Request<List<@Nullable Object>>> requests = new ArrayList<>(scripts);
        for (int from = 0; from < keys.size(); from += SCRIPT_KEYS_MAX) {
            requests.add(Request.getAll(
                    keys.subList(from, Math.min(keys.size(), from + SCRIPT_KEYS_MAX)),
                    cellBytesMax,
                    ANSWERS_BYTES_MAX / scripts,
                    from == 0));
        }
        List<@Nullable Object> answers = new ArrayList<>(keys.size());
        calls.apply(requests).forEach(answers::addAll);
        return answers;
    }
}
