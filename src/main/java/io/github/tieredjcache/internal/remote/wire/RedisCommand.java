package io.github.tieredjcache.internal.remote.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.KeyScanOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.output.ValueOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One command to Redis, ready to be sent, any number of times.
 *
 * @param <T> the type of the answer
 */
public final class RedisCommand<T> {
    private static final ByteArrayCodec CODEC = ByteArrayCodec.INSTANCE;
    private static final Set<CommandType> WITHOUT_KEYS = EnumSet.of(
            CommandType.CLIENT,
            CommandType.CLUSTER,
            CommandType.DBSIZE,
            CommandType.HELLO,
            CommandType.INFO,
            CommandType.SCAN,
            CommandType.SCRIPT,
            CommandType.SENTINEL,
            CommandType.TIME);
    private static final byte[] NEXT = {'N'};
    private static final byte[] READ = {'R'};
    private static final byte[] NONE = {};
    private static final byte[] TAKE = {'T'};
    private static final byte[] DONE = {'D'};

    private final CommandType verb;
    private final CommandArgs<byte[], byte[]> arguments;
    private final Function<ByteArrayCodec, CommandOutput<byte[], byte[], T>> output;
    private final boolean mutates;
    private final boolean repeatable;
    private final @Nullable RedisCommand<T> withText;
    private final @Nullable ReplyObserver<T> observer;
    private final long bytes;

    private RedisCommand(
            CommandType verb,
            CommandArgs<byte[], byte[]> arguments,
            Function<ByteArrayCodec, CommandOutput<byte[], byte[], T>> output,
            boolean mutates,
            @Nullable RedisCommand<T> withText) {
        this(verb, arguments, output, mutates, !mutates, withText, null, 0);
    }

    private RedisCommand(
            CommandType verb,
            CommandArgs<byte[], byte[]> arguments,
            Function<ByteArrayCodec, CommandOutput<byte[], byte[], T>> output,
            boolean mutates,
            boolean repeatable,
            @Nullable RedisCommand<T> withText,
            @Nullable ReplyObserver<T> sight,
            long bytes) {
        this.verb = verb;
        this.arguments = arguments;
        this.output = output;
        this.mutates = mutates;
        this.repeatable = repeatable;
        this.withText = withText;
        this.observer = sight;
        this.bytes = bytes;
    }

    private static <T> RedisCommand<T> reading(
            CommandType verb,
            CommandArgs<byte[], byte[]> arguments,
            Function<ByteArrayCodec, CommandOutput<byte[], byte[], T>> output) {
        return new RedisCommand<>(verb, arguments, output, false, null);
    }

    /** The value of a key, or null. */
    public static RedisCommand<byte @Nullable []> get(byte[] key) {
        return reading(CommandType.GET, arguments().addKey(key), ValueOutput::new);
    }

    /** The first bytes of the value of a key; none if there is no such key. */
    public static RedisCommand<byte[]> head(byte[] key, long length) {
        return reading(CommandType.GETRANGE, arguments().addKey(key).add(0).add(length - 1), ValueOutput::new);
    }

    /**
     * The values of the keys, as many as one answer may hold; what {@code read-all.lua} says of the answer.
     *
     * @param first whether it holds the first value however large that is
     */
    public static RedisCommand<List<@Nullable Object>> getAll(
            List<byte[]> keys, long valueBytesMax, long answerBytesMax, boolean first) {
        List<byte[]> parameters = List.of(number(valueBytesMax), number(answerBytesMax), number(first ? 1 : 0));
        return run(Script.READ_ALL, false, keys, parameters, ArrayOutput::new).repeatable();
    }

    /** The server's clock: seconds, and the microseconds beyond them. */
    public static RedisCommand<List<byte[]>> time() {
        return reading(CommandType.TIME, arguments(), ValueListOutput::new);
    }

    /** What the server says of itself, names and values in turn; {@code ServerHandshake} reads it. */
    public static RedisCommand<List<@Nullable Object>> hello() {
        return reading(CommandType.HELLO, arguments(), ArrayOutput::new);
    }

    /** What the server says of the data that it holds and whom it shares them with; {@code ServerHandshake} reads it. */
    public static RedisCommand<String> replication() {
        return reading(CommandType.INFO, arguments().add("replication"), StatusOutput::new);
    }

    /** How many keys the server holds. */
    public static RedisCommand<Long> size() {
        return reading(CommandType.DBSIZE, arguments(), IntegerOutput::new);
    }

    /** What a sentinel knows of a master, names and values in turn. */
    public static RedisCommand<List<byte[]>> master(String name) {
        return reading(CommandType.SENTINEL, arguments().add("MASTER").add(name), ValueListOutput::new);
    }

    /** What a node of a cluster knows of all; {@code ClusterTopology} reads it. */
    public static RedisCommand<String> nodes() {
        return reading(CommandType.CLUSTER, arguments().add("NODES"), StatusOutput::new);
    }

    /** Switches the announcement of changes on, for all that is read from now on. */
    public static RedisCommand<String> track() {
        return reading(CommandType.CLIENT, arguments().add("TRACKING").add("ON"), StatusOutput::new);
    }

    /** One step of an iteration over the keys that match a pattern. */
    public static RedisCommand<KeyScanCursor<byte[]>> scan(String cursor, byte[] pattern, int count) {
        CommandArgs<byte[], byte[]> arguments =
                arguments().add(cursor).add("MATCH").add(pattern).add("COUNT").add(count);
        return reading(CommandType.SCAN, arguments, KeyScanOutput::new);
    }

    /** How many of the keys there are; to Redis it is a use of them, so that they are not evicted before others. */
    public static RedisCommand<Long> touch(List<byte[]> keys) {
        return reading(CommandType.TOUCH, arguments().addKeys(keys), IntegerOutput::new);
    }

    /** Stores a value for a while. */
    public static RedisCommand<String> set(byte[] key, byte[] value, Duration length) {
        CommandArgs<byte[], byte[]> arguments =
                arguments().addKey(key).addValue(value).add("PX").add(length.toMillis());
        return new RedisCommand<>(CommandType.SET, arguments, StatusOutput::new, true, null);
    }

    /** Stores a value for a while if the key has none; answers null if it has one. */
    public static RedisCommand<@Nullable String> setIfAbsent(byte[] key, byte[] value, Duration length) {
        CommandArgs<byte[], byte[]> arguments =
                arguments().addKey(key).addValue(value).add("NX").add("PX").add(length.toMillis());
        return new RedisCommand<>(CommandType.SET, arguments, StatusOutput::new, true, null);
    }

    /** A change that changes nothing, of a key that never has a value. */
    public static RedisCommand<Long> probe(byte[] key) {
        return new RedisCommand<>(CommandType.UNLINK, arguments().addKey(key), IntegerOutput::new, false, null);
    }

    /** Asks which commands scripts may not call. */
    public static RedisCommand<List<@Nullable Object>> permissions(KeySpace space) {
        return run(Script.PERMISSIONS, false, List.of(space.probeKey()), List.of(), ArrayOutput::new);
    }

    /** Stores a value if the key has one. */
    public static RedisCommand<String> setIfPresent(byte[] key) {
        CommandArgs<byte[], byte[]> arguments = arguments().addKey(key).add("").add("XX");
        return reading(CommandType.SET, arguments, StatusOutput::new);
    }

    /** Removes the keys. */
    public static RedisCommand<Long> unlink(List<byte[]> keys) {
        return new RedisCommand<>(CommandType.UNLINK, arguments().addKeys(keys), IntegerOutput::new, true, null);
    }

    /** Makes a script known to the server. */
    public static RedisCommand<String> load(Script script) {
        return reading(CommandType.SCRIPT, arguments().add("LOAD").add(script.text()), StatusOutput::new);
    }

    /**
     * Runs a script on one entry.
     *
     * @param mutates whether an answer that does not come leaves a change in doubt
     */
    public static RedisCommand<List<@Nullable Object>> run(
            Script script, boolean mutates, EntryKey key, List<byte[]> parameters) {
        return run(script, mutates, key.epoch(), List.of(key), parameters);
    }

    /**
     * Runs a script on entries.
     *
     * @param mutates whether an answer that does not come leaves a change in doubt
     */
    public static RedisCommand<List<@Nullable Object>> run(
            Script script, boolean mutates, Epoch epoch, List<EntryKey> entries, List<byte[]> parameters) {
        List<byte[]> keys = new ArrayList<>(entries.size() + 1);
        entries.forEach(each -> keys.add(each.bytes()));
        keys.add(epoch.epochKey());
        List<byte[]> all = new ArrayList<>(parameters);
        all.add(epoch.staleDigits());
        all.add(number(epoch.cellBytesMax()));
        all.add(epoch.digits());
        return run(script, mutates, keys, all, ArrayOutput::new);
    }

    /**
     * Asks for the number of the epoch of a cache; what {@code epoch.lua} says of the answer.
     *
     * @param history which data the server holds, if an epoch that began with others is to be over; empty if not
     */
    public static RedisCommand<byte[]> epoch(KeySpace space, long knownNumber, String history) {
        return epoch(space, knownNumber, READ, history.getBytes(US_ASCII), false);
    }

    /** Begins a new epoch. */
    public static RedisCommand<byte[]> nextEpoch(KeySpace space, long knownNumber) {
        return epoch(space, knownNumber, NEXT, NONE, true);
    }

    private static RedisCommand<byte[]> epoch(
            KeySpace space, long knownNumber, byte[] mode, byte[] history, boolean mutates) {
        return run(
                Script.EPOCH,
                mutates,
                List.of(space.epochKey(), space.leftoversKey(), space.historyKey()),
                List.of(number(knownNumber), mode, history),
                ValueOutput::new);
    }

    /** Takes or renews the right to remove what earlier epochs left; answers the first epoch that stays, or null. */
    public static RedisCommand<byte @Nullable []> takeReclaim(KeySpace space, byte[] caller, Duration length) {
        return reclaim(space, List.of(caller, TAKE, number(length.toMillis()), NONE));
    }

    /** Gives that right back when all before an epoch was removed; answers as {@link #takeReclaim}. */
    public static RedisCommand<byte @Nullable []> endReclaim(KeySpace space, byte[] caller, byte[] firstThatStays) {
        return reclaim(space, List.of(caller, DONE, NONE, firstThatStays));
    }

    private static RedisCommand<byte @Nullable []> reclaim(KeySpace space, List<byte[]> parameters) {
        return run(
                Script.RECLAIM,
                false,
                List.of(space.leftoversKey(), space.reclaimerKey()),
                parameters,
                ValueOutput::new);
    }

    private static <T> RedisCommand<T> run(
            Script script,
            boolean mutates,
            List<byte[]> keys,
            List<byte[]> parameters,
            Function<ByteArrayCodec, CommandOutput<byte[], byte[], T>> output) {
        CommandArgs<byte[], byte[]> text =
                arguments().add(script.text()).add(keys.size()).addKeys(keys).addValues(parameters);
        CommandArgs<byte[], byte[]> name =
                arguments().add(script.sha1()).add(keys.size()).addKeys(keys).addValues(parameters);
        long bytes = bytesOf(keys) + bytesOf(parameters);
        RedisCommand<T> withText =
                new RedisCommand<>(CommandType.EVAL, text, output, mutates, false, null, null, bytes);
        return new RedisCommand<>(CommandType.EVALSHA, name, output, mutates, false, withText, null, bytes);
    }

    private static long bytesOf(List<byte[]> all) {
        long bytes = 0;
        for (byte[] each : all) {
            bytes += each.length;
        }
        return bytes;
    }

    /** Returns a number as a script takes it. */
    public static byte[] number(long number) {
        return Long.toString(number).getBytes(US_ASCII);
    }

    /** Returns how many bytes of keys and values it sends, or fewer than a packet if it is no script. */
    public long bytes() {
        return bytes;
    }

    /** Returns the name of the command. */
    public String name() {
        return verb.name();
    }

    /** Returns whether it is about keys, which in a cluster only the server answers that serves their slot. */
    public boolean namesKeys() {
        return !WITHOUT_KEYS.contains(verb);
    }

    /** Returns whether the answer, if it does not come, leaves a change in doubt. */
    public boolean mutates() {
        return mutates;
    }

    /** Returns whether it may be sent again if its answer was lost: it changes nothing, or twice comes to the same as once. */
    public boolean isRepeatable() {
        return repeatable;
    }

    /** Returns the same script, of which is known that twice comes to the same as once. */
    public RedisCommand<T> repeatable() {
        return new RedisCommand<>(verb, arguments, output, mutates, true, withText, observer, bytes);
    }

    /** Returns the same with the script's text, for a server that does not know the script; null if this runs none. */
    @Nullable
    public RedisCommand<T> withText() {
        return withText;
    }

    /** Returns the same with a look at its answer, on the thread and in the order of a stream that announces changes. */
    public RedisCommand<T> observedBy(ReplyObserver<T> itsSight) {
        RedisCommand<T> text = withText == null ? null : withText.observedBy(itsSight);
        return new RedisCommand<>(verb, arguments, output, mutates, repeatable, text, itsSight, bytes);
    }

    /** Looks at an answer. */
    public void replied(@Nullable T answer, OwnChanges changes) {
        if (observer != null && answer != null) {
            observer.replied(answer, changes);
        }
    }

    public AsyncCommand<byte[], byte[], T> command() {
        return new AsyncCommand<>(new Command<>(verb, output.apply(CODEC), arguments));
    }

    private static CommandArgs<byte[], byte[]> arguments() {
        return new CommandArgs<>(CODEC);
    }

    /** A look at an answer. */
    @FunctionalInterface
    public interface ReplyObserver<T> {
        void replied(T answer, OwnChanges changes);
    }
}
