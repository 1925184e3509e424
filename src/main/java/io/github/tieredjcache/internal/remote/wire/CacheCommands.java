package io.github.tieredjcache.internal.remote.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.output.ValueOutput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The scripts that run on the keys of one cache. */
public final class CacheCommands {
    private static final byte[] NEXT = {'N'};
    private static final byte[] READ = {'R'};
    private static final byte[] NONE = {};
    private static final byte[] TAKE = {'T'};
    private static final byte[] DONE = {'D'};

    private CacheCommands() {}

    /** Reads the names of the commands that scripts may not call. */
    public static RedisCommand<List<@Nullable Object>> permissions(KeySpace space) {
        return RedisCommand.run(Script.PERMISSIONS, false, List.of(space.probeKey()), List.of(), ArrayOutput::new);
    }

    /**
     * Runs a script on one entry.
     *
     * @param mutates whether the outcome of a change is unknown if the reply is lost
     */
    public static RedisCommand<List<@Nullable Object>> run(
            Script script, boolean mutates, EntryKey key, List<byte[]> parameters) {
        return run(script, mutates, key.epoch(), List.of(key), parameters);
    }

    /**
     * Runs a script on entries.
     *
     * @param mutates whether the outcome of a change is unknown if the reply is lost
     */
    public static RedisCommand<List<@Nullable Object>> run(
            Script script, boolean mutates, Epoch epoch, List<EntryKey> entries, List<byte[]> parameters) {
        List<byte[]> keys = new ArrayList<>(entries.size() + 1);
        entries.forEach(each -> keys.add(each.bytes()));
        keys.add(epoch.epochKey());
        List<byte[]> all = new ArrayList<>(parameters);
        all.add(epoch.staleDigits());
        all.add(Digits.of(epoch.storedEntryBytesMax()));
        all.add(epoch.digits());
        return RedisCommand.run(script, mutates, keys, all, ArrayOutput::new);
    }

    /**
     * Reads the number of the epoch of a cache; {@code epoch.lua} describes the reply.
     *
     * @param history the id of the server's data set, to end an epoch that began with another one; empty to skip the
     *     comparison
     */
    public static RedisCommand<byte[]> epoch(KeySpace space, long knownNumber, String history) {
        return epoch(space, knownNumber, READ, history.getBytes(US_ASCII), false);
    }

    /** Begins a new epoch; {@code epoch.lua} describes the reply. */
    public static RedisCommand<byte[]> nextEpoch(KeySpace space, long knownNumber) {
        return epoch(space, knownNumber, NEXT, NONE, true);
    }

    private static RedisCommand<byte[]> epoch(
            KeySpace space, long knownNumber, byte[] mode, byte[] history, boolean mutates) {
        return RedisCommand.run(
                Script.EPOCH,
                mutates,
                List.of(space.epochKey(), space.leftoversKey(), space.historyKey()),
                List.of(Digits.of(knownNumber), mode, history),
                ValueOutput::new);
    }

    /**
     * Takes or renews the right to remove the leftovers of earlier epochs; the reply is the first epoch whose entries
     * stay, or null if there are no leftovers or another node removes them.
     */
    public static RedisCommand<byte @Nullable []> takeReclaim(KeySpace space, byte[] caller, Duration length) {
        return reclaim(space, List.of(caller, TAKE, Digits.of(length.toMillis()), NONE));
    }

    /** Gives the right back when all entries before an epoch were removed; the reply is as of {@link #takeReclaim}. */
    public static RedisCommand<byte @Nullable []> endReclaim(KeySpace space, byte[] caller, byte[] firstThatStays) {
        return reclaim(space, List.of(caller, DONE, NONE, firstThatStays));
    }

    private static RedisCommand<byte @Nullable []> reclaim(KeySpace space, List<byte[]> parameters) {
        return RedisCommand.run(
                Script.RECLAIM,
                false,
                List.of(space.leftoversKey(), space.reclaimerKey()),
                parameters,
                ValueOutput::new);
    }
}
