package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.remote.connection.ExceptionTranslator.ForeignTypeException;
import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the stored entries of many keys, in replies of a bounded size: other calls on the connection do not wait long
 * behind them. Nor is an entry transferred that is larger than a codec of this cache accepts.
 *
 * <p>A flush asks for the beginnings of entries, so long that all of them together have the size of one flush. An entry
 * that is longer is asked for again, with fewer others, until it fits or is the only one.
 *
 * <p>A flush of entries that the {@link RecentLengths} let expect to fit reads them whole instead, by one command: that
 * takes a third of the time. If they have become longer, this one reply is as long as they are, even if they are too
 * large, and the next flush asks for beginnings again. Safe for use by many threads.
 */
final class StoredEntryReader {
    /** How much longer the next beginnings are than those that were too short. */
    private static final int GROWTH = 4;

    private static final byte[] NONE = {};

    private final long storedEntryBytesMax;
    private final Consumer<byte[]> tooLarge;

    private final RecentLengths lengths = new RecentLengths();

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

    /** Sends the queries of one flush; the result waits for their replies. */
    @FunctionalInterface
    interface Executor {
        <T> Supplier<List<T>> begin(List<RedisCommand<T>> queries);
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

        /** The length of the next beginnings. */
        private long bytesMax;

        /** Whether no entry was longer than those that were read before. */
        private boolean asExpected = true;

        /** The length of the longest reply, also if it is a beginning, or an entry that is too large. */
        private long longest;

        /** The maximum length of an entry that the replies hold whole. */
        private long acceptedMax;

        private List<Integer> asked = List.of();
        private Supplier<List<byte @Nullable []>> sent = List::of;

        Reading(List<byte[]> keys, Executor executor) {
            this.keys = keys;
            this.executor = executor;
            this.found = new ArrayList<>(Collections.nCopies(keys.size(), null));
            IntStream.range(0, keys.size()).forEach(left::add);
            this.untried = keys.size();
            this.bytesMax =
                    Math.max(2 * lengths.average(), Flush.BYTES_MAX / Math.min(keys.size(), Flush.COMMANDS_MAX));
            send();
        }

        private void send() {
            int whole = asExpected ? lengths.expectedPerFlush(left.size()) : 0;
            if (whole > 1) {
                take(whole);
                Supplier<List<List<byte @Nullable []>>> begun = executor.begin(List.of(
                        RedisCommand.values(asked.stream().map(keys::get).toList())));
                acceptedMax = storedEntryBytesMax;
                sent = () -> whole(begun);
            } else {
                take((int) Math.max(1, Math.min(Flush.COMMANDS_MAX, Flush.BYTES_MAX / bytesMax)));
                bytesMax = Math.min(
                        storedEntryBytesMax, asked.size() == 1 ? storedEntryBytesMax : Flush.BYTES_MAX / asked.size());
                Supplier<List<byte[]>> begun =
                        executor.begin(asked.stream().map(this::beginning).toList());
                acceptedMax = bytesMax;
                sent = () -> beginnings(begun);
            }
        }

        private List<byte @Nullable []> whole(Supplier<List<List<byte @Nullable []>>> begun) {
            try {
                return begun.get().get(0);
            } catch (CacheException e) {
                // Perhaps the reply was too long for the connection; the next call asks for beginnings.
                lengths.add(List.of(), Flush.BYTES_MAX);
                throw e;
            }
        }

        /** Asks for the next entries, at most so many. */
        private void take(int together) {
            asked = IntStream.range(0, Math.min(together, left.size()))
                    .mapToObj(i -> left.remove())
                    .toList();
            untried -= asked.size();
        }

        /** Returns the command for one byte more than must do, by which an entry that is longer is known. */
        private RedisCommand<byte[]> beginning(int index) {
            return RedisCommand.head(keys.get(index), bytesMax + 1);
        }

        List<byte @Nullable []> finish() {
            while (true) {
                int tooShort = 0;
                long bytes = 0;
                List<byte @Nullable []> replies = sent.get();
                for (int i = 0; i < replies.size(); i++) {
                    byte[] reply = replies.get(i);
                    if (reply != null) {
                        bytes += reply.length;
                        longest = Math.max(longest, reply.length);
                        if (!accept(asked.get(i), reply)) {
                            left.add(asked.get(i));
                            tooShort++;
                        }
                    }
                }
                if (left.isEmpty()) {
                    lengths.add(found, longest);
                    return found;
                }
                asExpected &= tooShort == 0 && bytes <= Flush.BYTES_MAX;
                if (untried <= 0 || 2 * tooShort > asked.size()) {
                    bytesMax *= GROWTH;
                    untried = left.size();
                }
                send();
            }
        }

        private List<byte @Nullable []> beginnings(Supplier<List<byte[]>> begun) {
            try {
                return List.copyOf(begun.get());
            } catch (ForeignTypeException e) {
                return asked.stream().map(this::beginningUnlessForeign).toList();
            }
        }

        private byte[] beginningUnlessForeign(int index) {
            try {
                return executor.begin(List.of(beginning(index))).get().get(0);
            } catch (ForeignTypeException e) {
                return NONE;
            }
        }

        /** Returns whether the entry is there, or is known not to be. */
        private boolean accept(int index, byte[] reply) {
            if (reply.length > storedEntryBytesMax) {
                tooLarge.accept(keys.get(index));
            } else if (reply.length > acceptedMax) {
                return false;
            } else if (reply.length > 0) {
                found.set(index, reply);
            }
            return true;
        }
    }
}
