package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.remote.connection.ExceptionTranslator.ForeignTypeException;
import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the stored entries of many keys, in replies of a bounded size: other calls on the connection do not wait long
 * behind them. An entry that is larger than a codec of this cache accepts is not transferred.
 *
 * <p>Each flush asks for the beginnings of entries, so long that all of them together have the size of one flush. An
 * entry that is longer is asked for again, with fewer others, until it fits or is the only one. Safe for use by many
 * threads.
 */
final class StoredEntryReader {
    /** How much longer the next beginnings are than those that were too short. */
    private static final int GROWTH = 4;

    private static final byte[] NONE = {};

    private final long storedEntryBytesMax;
    private final Consumer<byte[]> tooLarge;

    /** The average length of the entries that were read last, by which the first beginnings are chosen. */
    private volatile long averageBytes;

    /**
     * Creates a reader.
     *
     * @param storedEntryBytesMax the maximum length of a stored entry
     * @param tooLarge receives each Redis key with a larger one
     */
    StoredEntryReader(long storedEntryBytesMax, Consumer<byte[]> tooLarge) {
        this.storedEntryBytesMax = storedEntryBytesMax;
        this.tooLarge = tooLarge;
    }

    /** Sends one flush; the result waits for its replies. */
    @FunctionalInterface
    interface Executor {
        Supplier<List<byte[]>> begin(List<RedisCommand<byte[]>> commands);
    }

    long storedEntryBytesMax() {
        return storedEntryBytesMax;
    }

    /**
     * Begins to read stored entries: sends the first flush.
     *
     * @return waits for them, in the order of the keys, null where there is none or where it is too large; to be called
     *     once, by the same thread
     */
    Supplier<List<byte @Nullable []>> begin(List<byte[]> keys, Executor executor) {
        return keys.isEmpty() ? List::of : new Reading(keys, executor)::finish;
    }

    /** One call, used by one thread. */
    private final class Reading {
        private final List<byte[]> keys;
        private final Executor executor;
        private final List<byte @Nullable []> found;
        /** The indexes of the keys to ask for; those whose beginnings were too short are the last. */
        private final Deque<Integer> left = new ArrayDeque<>();

        /** How many of them, the first ones, have not been asked for a beginning of the present length yet. */
        private int untried;

        private long bytesMax;
        private List<Integer> asked = List.of();
        private Supplier<List<byte[]>> sent = List::of;

        Reading(List<byte[]> keys, Executor executor) {
            this.keys = keys;
            this.executor = executor;
            this.found = new ArrayList<>(Collections.nCopies(keys.size(), null));
            IntStream.range(0, keys.size()).forEach(left::add);
            this.untried = keys.size();
            this.bytesMax = Math.max(2 * averageBytes, Flush.BYTES_MAX / Math.min(keys.size(), Flush.COMMANDS_MAX));
            send();
        }

        private void send() {
            int together = (int) Math.max(1, Math.min(Flush.COMMANDS_MAX, Flush.BYTES_MAX / bytesMax));
            asked = IntStream.range(0, Math.min(together, left.size()))
                    .mapToObj(i -> left.remove())
                    .toList();
            bytesMax = Math.min(
                    storedEntryBytesMax, asked.size() == 1 ? storedEntryBytesMax : Flush.BYTES_MAX / asked.size());
            sent = executor.begin(asked.stream().map(this::beginning).toList());
        }

        /** Returns the command for one byte more than must do, by which an entry that is longer is known. */
        private RedisCommand<byte[]> beginning(int index) {
            return RedisCommand.head(keys.get(index), bytesMax + 1);
        }

        List<byte @Nullable []> finish() {
            while (true) {
                int tooShort = 0;
                List<byte[]> replies = replies();
                for (int i = 0; i < replies.size(); i++) {
                    if (!accept(asked.get(i), replies.get(i))) {
                        left.add(asked.get(i));
                        tooShort++;
                    }
                }
                if (left.isEmpty()) {
                    noteLengths();
                    return found;
                }
                untried -= asked.size();
                if (untried <= 0 || 2 * tooShort > asked.size()) {
                    bytesMax *= GROWTH;
                    untried = left.size();
                }
                send();
            }
        }

        private List<byte[]> replies() {
            try {
                return sent.get();
            } catch (ForeignTypeException e) {
                return asked.stream().map(this::reply).toList();
            }
        }

        private byte[] reply(int index) {
            try {
                return executor.begin(List.of(beginning(index))).get().get(0);
            } catch (ForeignTypeException e) {
                return NONE;
            }
        }

        /** Returns whether the entry is there, or is known not to be. */
        private boolean accept(int index, byte[] beginning) {
            if (beginning.length > storedEntryBytesMax) {
                tooLarge.accept(keys.get(index));
            } else if (beginning.length > bytesMax) {
                return false;
            } else if (beginning.length > 0) {
                found.set(index, beginning);
            }
            return true;
        }

        private void noteLengths() {
            LongSummaryStatistics lengths = found.stream()
                    .filter(Objects::nonNull)
                    .mapToLong(each -> each.length)
                    .summaryStatistics();
            averageBytes = lengths.getCount() == 0 ? averageBytes : (long) lengths.getAverage();
        }
    }
}
