package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteOutOfMemoryException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Applies the mutations of one cache: many in one flush, those of leased keys again when the lease ends. Safe for use
 * by many threads.
 */
final class EntryWrites<K, V> {
    private final CommandExecutor executor;
    private final EpochTracker epochs;
    private final EntryDecoder<V> decoder;
    private final WriteLeases<K, V> writeLeases;
    private final BiFunction<Mutation<K, V>, Epoch, PendingWrite<K, V>> encoder;
    private final OutOfMemoryLog outOfMemory;

    /**
     * Creates the writes of a cache.
     *
     * @param encoder encodes a mutation for an epoch
     */
    EntryWrites(
            EpochTracker epochs,
            EntryDecoder<V> decoder,
            WriteLeases<K, V> writeLeases,
            BiFunction<Mutation<K, V>, Epoch, PendingWrite<K, V>> encoder,
            OutOfMemoryLog outOfMemory) {
        this.executor = epochs.executor();
        this.epochs = epochs;
        this.decoder = decoder;
        this.writeLeases = writeLeases;
        this.encoder = encoder;
        this.outOfMemory = outOfMemory;
    }

    /** Begins to apply mutations: sends the first flush. The result waits; its outcomes are in order. */
    Supplier<List<Outcome<V>>> beginApplyAll(List<Mutation<K, V>> mutations) {
        Iterator<Mutation<K, V>> left = mutations.iterator();
        if (!left.hasNext()) {
            return List::of;
        }
        Supplier<List<Outcome<V>>> first = begin(encoded(left));
        return () -> {
            List<Outcome<V>> outcomes = new ArrayList<>(mutations.size());
            Supplier<List<Outcome<V>>> flush = first;
            while (true) {
                try {
                    outcomes.addAll(flush.get());
                    if (!left.hasNext()) {
                        return outcomes;
                    }
                    flush = begin(encoded(left));
                } catch (RemoteUnavailableException | RemoteOutOfMemoryException e) {
                    throw outcomes.isEmpty() ? e : executor.partlyDone(e);
                }
            }
        };
    }

    /** Encodes the mutations of the next flush, so that a bounded amount is in memory at a time. */
    private List<PendingWrite<K, V>> encoded(Iterator<Mutation<K, V>> mutations) {
        Epoch epoch = epochs.currentToWriteIn();
        List<PendingWrite<K, V>> writes = new ArrayList<>();
        for (long bytes = 0;
                mutations.hasNext() && writes.size() < Flush.COMMANDS_MAX && bytes < Flush.BYTES_MAX;
                bytes += writes.get(writes.size() - 1).encodedBytes()) {
            writes.add(encoder.apply(mutations.next(), epoch));
        }
        return writes;
    }

    private Supplier<List<Outcome<V>>> begin(List<PendingWrite<K, V>> writes) {
        long beganNanos = executor.clock().nanos();
        try {
            Runnable sent = send(writes);
            return () -> finish(writes, sent, beganNanos);
        } catch (RuntimeException | Error e) {
            writes.forEach(PendingWrite::giveUp);
            throw e;
        }
    }

    private List<Outcome<V>> finish(List<PendingWrite<K, V>> writes, Runnable sent, long beganNanos) {
        try {
            return outcomes(writes, sent);
        } catch (RuntimeException | Error e) {
            // The caller gets none of the outcomes, so no entry is kept under any of the tickets.
            writes.forEach(PendingWrite::giveUp);
            Outcome<V> found = e instanceof OutcomeUnknownException && writes.size() == 1
                    ? findOutcome(writes.get(0), beganNanos)
                    : null;
            if (found == null) {
                throw e;
            }
            return List.of(found);
        }
    }

    /**
     * Finds out the outcome of a write whose reply was lost, by the version of the entry in Redis, if there is a
     * connection within the timeout of the call; returns null if the outcome stays unknown.
     */
    private @Nullable Outcome<V> findOutcome(PendingWrite<K, V> write, long beganNanos) {
        try {
            byte[] head = executor.callWithinTimeoutSince(
                    RedisCommand.head(write.entryKey().bytes(), StoredEntryHeader.BYTES_MAX), beganNanos);
            return head.length == 0 ? null : write.outcomeFrom(head);
        } catch (CacheException e) {
            return null;
        }
    }

    private List<Outcome<V>> outcomes(List<PendingWrite<K, V>> writes, Runnable first) {
        List<PendingWrite<K, V>> pending = writes;
        Runnable sent = first;
        try (LeaseWait leaseWait = writeLeases.beginWait()) {
            while (true) {
                sent.run();
                pending =
                        pending.stream().filter(each -> each.outcome() == null).toList();
                if (pending.isEmpty()) {
                    return writes.stream()
                            .map(each -> Objects.requireNonNull(each.outcome()))
                            .toList();
                }
                // Waits for the first busy key only and then sends all again: no write waits for more than one lease
                // without a new attempt.
                writeLeases.requireTimeLeft(leaseWait, pending.get(0).key());
                pending.get(0).awaitHolder(leaseWait);
                Epoch epoch = epochs.currentToWriteIn();
                pending.forEach(each -> each.moveTo(epoch));
                sent = send(pending);
            }
        }
    }

    /** Sends writes; the result waits for the replies, and applies them. */
    private Runnable send(List<PendingWrite<K, V>> batch) {
        batch.forEach(each -> each.watch(executor));
        long sentNanos = executor.clock().nanos();
        Supplier<List<List<@Nullable Object>>> sent = executor.beginAll(
                EntryChange.commands(batch.stream().map(PendingWrite::change).toList()));
        return () -> replied(batch, ScriptReply.all(sent.get()), sentNanos);
    }

    private void replied(List<PendingWrite<K, V>> batch, List<ScriptReply> replies, long sentNanos) {
        for (int i = 0; i < replies.size(); i++) {
            ScriptReply reply = replies.get(i);
            batch.get(i).replied(reply, sentNanos, decoder);
            if (reply.status() == ScriptReply.Status.DROPPED) {
                outOfMemory.dropped();
            } else if (reply.status() == ScriptReply.Status.APPLIED && reply.hasEntry()) {
                outOfMemory.stored();
            }
            epochs.noteIfOver(batch.get(i).epoch(), reply);
        }
    }
}
