package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the stored entries of many keys, in replies of a bounded size: other calls on the connection do not wait long
 * behind them. An entry that is larger than a codec of this cache accepts is not transferred.
 *
 * @param storedEntryBytesMax the maximum length of a stored entry
 * @param tooLarge receives each Redis key with a larger one
 */
record StoredEntryReader(long storedEntryBytesMax, Consumer<byte[]> tooLarge) {
    private static final long DID_NOT_FIT = 0;

    /**
     * Returns the stored entries in the order of the keys, null where there is none or where it is too large.
     *
     * @param executor sends repeatable commands and returns their replies
     */
    List<byte @Nullable []> read(
            List<byte[]> keys,
            Function<List<RedisCommand<List<@Nullable Object>>>, List<List<@Nullable Object>>> executor) {
        return begin(keys, commands -> {
                    List<List<@Nullable Object>> replies = executor.apply(commands);
                    return () -> replies;
                })
                .get();
    }

    /**
     * Begins to read as {@link #read} does.
     *
     * @param executor sends repeatable commands; the result waits for their replies
     * @return waits; to be called once, by the same thread
     */
    Supplier<List<byte @Nullable []>> begin(
            List<byte[]> keys,
            Function<List<RedisCommand<List<@Nullable Object>>>, Supplier<List<List<@Nullable Object>>>> executor) {
        if (keys.isEmpty()) {
            return List::of;
        }
        var first = send(keys.subList(0, Math.min(Flush.COMMANDS_MAX, keys.size())), executor);
        return () -> finish(keys, first, executor);
    }

    private List<byte @Nullable []> finish(
            List<byte[]> keys,
            Supplier<List<List<@Nullable Object>>> first,
            Function<List<RedisCommand<List<@Nullable Object>>>, Supplier<List<List<@Nullable Object>>>> executor) {
        List<byte @Nullable []> storedEntries = new ArrayList<>(Collections.nCopies(keys.size(), null));
        List<Integer> left = IntStream.range(0, keys.size()).boxed().toList();
        Supplier<List<List<@Nullable Object>>> sent = first;
        int batchSize = Flush.COMMANDS_MAX;
        while (true) {
            List<Integer> batch = left.subList(0, Math.min(batchSize, left.size()));
            List<@Nullable Object> replies =
                    sent.get().stream().flatMap(List::stream).toList();
            List<Integer> again = new ArrayList<>();
            long bytes = 0;
            int found = 0;
            for (int i = 0; i < batch.size(); i++) {
                Object reply = replies.get(i);
                if (reply instanceof byte[] stored) {
                    storedEntries.set(batch.get(i), stored);
                    bytes += stored.length;
                    found++;
                } else if (reply instanceof Long status && status == DID_NOT_FIT) {
                    again.add(batch.get(i));
                } else if (reply != null) {
                    tooLarge.accept(keys.get(batch.get(i)));
                }
            }
            again.addAll(left.subList(batch.size(), left.size()));
            if (again.isEmpty()) {
                return storedEntries;
            }
            left = again;
            batchSize = Flush.valuesPerFlush(found, bytes);
            sent = send(left.stream().limit(batchSize).map(keys::get).toList(), executor);
        }
    }

    /** Sends the scripts for some keys; the replies have one element for each key, as {@code read-all.lua} describes. */
    private Supplier<List<List<@Nullable Object>>> send(
            List<byte[]> keys,
            Function<List<RedisCommand<List<@Nullable Object>>>, Supplier<List<List<@Nullable Object>>>> executor) {
        List<List<byte[]>> scripts = Flush.perScript(keys);
        List<RedisCommand<List<@Nullable Object>>> commands = new ArrayList<>(scripts.size());
        for (List<byte[]> each : scripts) {
            // The first value is returned whatever its size, so that every batch makes progress.
            commands.add(RedisCommand.getAll(
                    each, storedEntryBytesMax, Flush.BYTES_MAX / scripts.size(), commands.isEmpty()));
        }
        return executor.apply(commands);
    }
}
