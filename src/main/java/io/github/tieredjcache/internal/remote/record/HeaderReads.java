package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
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
record HeaderReads(long cellBytesMax, Consumer<byte[]> tooLarge) {
    private static final long ASK_AGAIN = 0;

    /**
     * Returns what stands in the keys, in their order; null where nothing does, or too much.
     *
     * @param calls sends requests, which may be sent again, and returns the answers
     */
    List<byte @Nullable []> read(
            List<byte[]> keys,
            Function<List<RedisCommand<List<@Nullable Object>>>, List<List<@Nullable Object>>> calls) {
        List<byte @Nullable []> cells = new ArrayList<>(Collections.nCopies(keys.size(), null));
        List<Integer> left = IntStream.range(0, keys.size()).boxed().toList();
        int together = Flush.COMMANDS_MAX;
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
            together = Flush.fitting(found, bytes);
        }
        return cells;
    }

    /** Returns what is answered for each key, as {@code read-all.lua} says. */
    private List<@Nullable Object> ask(
            List<byte[]> keys,
            Function<List<RedisCommand<List<@Nullable Object>>>, List<List<@Nullable Object>>> calls) {
        List<List<byte[]>> scripts = Flush.scripts(keys);
        List<RedisCommand<List<@Nullable Object>>> requests = new ArrayList<>(scripts.size());
        for (List<byte[]> each : scripts) {
            // The first value is answered however large it is, so that there is an end.
            requests.add(RedisCommand.getAll(each, cellBytesMax, Flush.BYTES_MAX / scripts.size(), requests.isEmpty()));
        }
        List<@Nullable Object> answers = new ArrayList<>(keys.size());
        calls.apply(requests).forEach(answers::addAll);
        return answers;
    }
}
