package io.github.tieredjcache.internal.remote;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads what stands in keys, in answers of a bounded size: so nobody waits long behind one, and nothing is moved that no codec of this
 * cache would take.
 *
 * @param cellBytesMax how much may stand in a key
 * @param tooLarge is told of each key in which more stands
 */
record CellReads(long cellBytesMax, Consumer<byte[]> tooLarge) {
    /** What an answer holds at most, unless its first value is larger. */
    private static final long ANSWER_BYTES_MAX = 1 << 20;

    private static final int KEYS_MAX = 500;
    private static final long ASK_AGAIN = 0;

    /**
     * Returns what stands in the keys, in their order; null where nothing does, or too much.
     *
     * @param call sends a request, which may be sent again, and returns the answer
     */
    List<byte @Nullable []> read(
            List<byte[]> keys, Function<Request<List<@Nullable Object>>, List<@Nullable Object>> call) {
        List<byte @Nullable []> cells = new ArrayList<>(Collections.nCopies(keys.size(), null));
        List<Integer> left = IntStream.range(0, keys.size()).boxed().toList();
        while (!left.isEmpty()) {
            List<Integer> asked = left.subList(0, Math.min(KEYS_MAX, left.size()));
            List<Integer> again = take(keys, asked, cells, call);
            again.addAll(left.subList(asked.size(), left.size()));
            left = again;
        }
        return cells;
    }

    private List<Integer> take(
            List<byte[]> keys,
            List<Integer> asked,
            List<byte @Nullable []> cells,
            Function<Request<List<@Nullable Object>>, List<@Nullable Object>> call) {
        List<@Nullable Object> answers =
                call.apply(Request.getAll(asked.stream().map(keys::get).toList(), cellBytesMax, ANSWER_BYTES_MAX));
        List<Integer> again = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            Object answer = answers.get(i);
            if (answer instanceof byte[] cell) {
                cells.set(asked.get(i), cell);
            } else if (answer instanceof Long sign && sign == ASK_AGAIN) {
                again.add(asked.get(i));
            } else if (answer != null) {
                tooLarge.accept(keys.get(asked.get(i)));
            }
        }
        return again;
    }
}
