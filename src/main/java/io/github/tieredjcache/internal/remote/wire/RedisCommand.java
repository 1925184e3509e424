package io.github.tieredjcache.internal.remote.wire;

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
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One command to Redis. The same instance can be sent any number of times.
 *
 * @param <T> the type of the reply
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

    private final CommandType type;
    private final CommandArgs<byte[], byte[]> arguments;
    private final Function<ByteArrayCodec, CommandOutput<byte[], byte[], T>> output;
    private final boolean mutates;
    private final boolean repeatable;
    private final @Nullable RedisCommand<T> withText;
    private final @Nullable ReplyObserver<T> observer;
    private final long bytes;

    private RedisCommand(
            CommandType type,
            CommandArgs<byte[], byte[]> arguments,
            Function<ByteArrayCodec, CommandOutput<byte[], byte[], T>> output,
            boolean mutates) {
        this(type, arguments, output, mutates, !mutates, 0);
    }

    private RedisCommand(
            CommandType type,
            CommandArgs<byte[], byte[]> arguments,
            Function<ByteArrayCodec, CommandOutput<byte[], byte[], T>> output,
            boolean mutates,
            boolean repeatable,
            long bytes) {
        this.type = type;
        this.arguments = arguments;
        this.output = output;
        this.mutates = mutates;
        this.repeatable = repeatable;
        this.withText = null;
        this.observer = null;
        this.bytes = bytes;
    }

    private RedisCommand(
            RedisCommand<T> same,
            boolean repeatable,
            @Nullable RedisCommand<T> withText,
            @Nullable ReplyObserver<T> observer) {
        this.type = same.type;
        this.arguments = same.arguments;
        this.output = same.output;
        this.mutates = same.mutates;
        this.repeatable = repeatable;
        this.withText = withText;
        this.observer = observer;
        this.bytes = same.bytes;
    }

    private static <T> RedisCommand<T> reading(
            CommandType type,
            CommandArgs<byte[], byte[]> arguments,
            Function<ByteArrayCodec, CommandOutput<byte[], byte[], T>> output) {
        return new RedisCommand<>(type, arguments, output, false);
    }

    /** Reads the value of a key; the reply is null if there is no such key. */
    public static RedisCommand<byte @Nullable []> get(byte[] key) {
        return reading(CommandType.GET, arguments().addKey(key), ValueOutput::new);
    }

    /** Reads the first bytes of the value of a key; the reply is empty if there is no such key. */
    public static RedisCommand<byte[]> head(byte[] key, long length) {
        CommandArgs<byte[], byte[]> arguments = arguments().addKey(key).add(0).add(length - 1);
        return new RedisCommand<>(CommandType.GETRANGE, arguments, ValueOutput::new, false, true, key.length);
    }

    /**
     * Reads the whole values of keys, however long they are; null where there is no such key, or a value of another
     * type.
     */
    public static RedisCommand<List<byte @Nullable []>> values(List<byte[]> keys) {
        CommandArgs<byte[], byte[]> arguments = arguments().addKeys(keys);
        return new RedisCommand<>(CommandType.MGET, arguments, ValueListOutput::new, false, true, bytesOf(keys));
    }

    /** Reads the server's clock: the seconds, and the microseconds of the current second. */
    public static RedisCommand<List<byte[]>> time() {
        return reading(CommandType.TIME, arguments(), ValueListOutput::new);
    }

    /** Reads the properties of the server, as names and values in turn; {@code ServerHandshake} reads the reply. */
    public static RedisCommand<List<@Nullable Object>> hello() {
        return reading(CommandType.HELLO, arguments(), ArrayOutput::new);
    }

    /** Reads the role, the replication id and the replicas of the server; {@code ServerHandshake} reads the reply. */
    public static RedisCommand<String> replication() {
        return reading(CommandType.INFO, arguments().add("replication"), StatusOutput::new);
    }

    /** Counts the keys of the server. */
    public static RedisCommand<Long> size() {
        return reading(CommandType.DBSIZE, arguments(), IntegerOutput::new);
    }

    /** Reads the state of a master from a sentinel, as names and values in turn. */
    public static RedisCommand<List<byte[]>> master(String name) {
        return reading(CommandType.SENTINEL, arguments().add("MASTER").add(name), ValueListOutput::new);
    }

    /** Reads all nodes of a cluster from one of them; {@code ClusterTopology} reads the reply. */
    public static RedisCommand<String> nodes() {
        return reading(CommandType.CLUSTER, arguments().add("NODES"), StatusOutput::new);
    }

    /** Switches client tracking on: the server sends invalidations for keys that the connection reads from now on. */
    public static RedisCommand<String> track() {
        return reading(CommandType.CLIENT, arguments().add("TRACKING").add("ON"), StatusOutput::new);
    }

    /** Reads how the server identifies this connection; {@code ClientIdentity} reads the reply. */
    public static RedisCommand<String> clientInfo() {
        return reading(CommandType.CLIENT, arguments().add("INFO"), StatusOutput::new);
    }

    /**
     * Ends another connection of a client, whose commands that have not run yet never run then. The reply is 1, or 0 if
     * the server has no such connection.
     */
    public static RedisCommand<Long> killClient(String id, String address) {
        CommandArgs<byte[], byte[]> arguments =
                arguments().add("KILL").add("ID").add(id).add("ADDR").add(address);
        return reading(CommandType.CLIENT, arguments, IntegerOutput::new);
    }

    /** Runs one step of an iteration over the keys that match a pattern. */
    public static RedisCommand<KeyScanCursor<byte[]>> scan(String cursor, byte[] pattern, int count) {
        CommandArgs<byte[], byte[]> arguments =
                arguments().add(cursor).add("MATCH").add(pattern).add("COUNT").add(count);
        return reading(CommandType.SCAN, arguments, KeyScanOutput::new);
    }

    /**
     * Counts how many of the keys exist. Redis counts the command as an access, so the keys are evicted later than
     * others.
     */
    public static RedisCommand<Long> touch(List<byte[]> keys) {
        return reading(CommandType.TOUCH, arguments().addKeys(keys), IntegerOutput::new);
    }

    /** Stores a value that expires after {@code length}. */
    public static RedisCommand<String> set(byte[] key, byte[] value, Duration length) {
        CommandArgs<byte[], byte[]> arguments =
                arguments().addKey(key).addValue(value).add("PX").add(length.toMillis());
        return new RedisCommand<>(CommandType.SET, arguments, StatusOutput::new, true);
    }

    /** Stores a value that expires after {@code length} if the key has none; the reply is null if it has one. */
    public static RedisCommand<@Nullable String> setIfAbsent(byte[] key, byte[] value, Duration length) {
        CommandArgs<byte[], byte[]> arguments =
                arguments().addKey(key).addValue(value).add("NX").add("PX").add(length.toMillis());
        return new RedisCommand<>(CommandType.SET, arguments, StatusOutput::new, true);
    }

    /** Stores a value that does not expire if the key has none; the reply is null if it has one. */
    public static RedisCommand<@Nullable String> setIfAbsent(byte[] key, byte[] value) {
        CommandArgs<byte[], byte[]> arguments =
                arguments().addKey(key).addValue(value).add("NX");
        return new RedisCommand<@Nullable String>(CommandType.SET, arguments, StatusOutput::new, true).repeatable();
    }

    /** Removes a key that never has a value: a write command without an effect. */
    public static RedisCommand<Long> probe(byte[] key) {
        return new RedisCommand<>(CommandType.UNLINK, arguments().addKey(key), IntegerOutput::new, false);
    }

    /** Stores an empty value if the key has one; to be used for keys that never have one. */
    public static RedisCommand<String> setIfPresent(byte[] key) {
        CommandArgs<byte[], byte[]> arguments = arguments().addKey(key).add("").add("XX");
        return reading(CommandType.SET, arguments, StatusOutput::new);
    }

    /** Removes the keys. */
    public static RedisCommand<Long> unlink(List<byte[]> keys) {
        return new RedisCommand<>(CommandType.UNLINK, arguments().addKeys(keys), IntegerOutput::new, true);
    }

    /** Loads a script into the server, for later calls by its digest. */
    public static RedisCommand<String> load(Script script) {
        return reading(CommandType.SCRIPT, arguments().add("LOAD").add(script.text()), StatusOutput::new);
    }

    /**
     * Runs a script.
     *
     * @param mutates whether the outcome of a change is unknown if the reply is lost
     */
    static <T> RedisCommand<T> run(
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
        RedisCommand<T> withText = new RedisCommand<>(CommandType.EVAL, text, output, mutates, false, bytes);
        RedisCommand<T> withName = new RedisCommand<>(CommandType.EVALSHA, name, output, mutates, false, bytes);
        return new RedisCommand<>(withName, false, withText, null);
    }

    private static long bytesOf(List<byte[]> all) {
        long bytes = 0;
        for (byte[] each : all) {
            bytes += each.length;
        }
        return bytes;
    }

    /**
     * Returns how many bytes of keys and values a command sends that may be one of many; 0 for others, which fit into a
     * packet.
     */
    public long bytes() {
        return bytes;
    }

    /** Returns the name of the command. */
    public String name() {
        return type.name();
    }

    /** Returns whether the command names keys, so that in a cluster only the server of their slot accepts it. */
    public boolean namesKeys() {
        return !WITHOUT_KEYS.contains(type);
    }

    /** Returns whether the outcome of a change is unknown if the reply is lost. */
    public boolean mutates() {
        return mutates;
    }

    /** Returns whether the command may be sent again if its reply was lost: it changes nothing, or is idempotent. */
    public boolean isRepeatable() {
        return repeatable;
    }

    /** Returns the same script, marked as idempotent. */
    public RedisCommand<T> repeatable() {
        return new RedisCommand<>(this, true, withText, observer);
    }

    /**
     * Returns the same command with the text of the script, for a server that has not loaded it; null if this runs no
     * script.
     */
    @Nullable
    public RedisCommand<T> withText() {
        return withText;
    }

    /**
     * Returns the same command with an observer of its reply, called on the thread that reads replies and
     * invalidations, in their order.
     */
    public RedisCommand<T> observedBy(ReplyObserver<T> replyObserver) {
        RedisCommand<T> text = withText == null ? null : withText.observedBy(replyObserver);
        return new RedisCommand<>(this, repeatable, text, replyObserver);
    }

    /** Passes a reply to the observer, if there are both. */
    public void replied(@Nullable T reply, OwnChanges changes) {
        if (observer != null && reply != null) {
            observer.replied(reply, changes);
        }
    }

    public AsyncCommand<byte[], byte[], T> command() {
        return new AsyncCommand<>(new Command<>(type, output.apply(CODEC), arguments));
    }

    private static CommandArgs<byte[], byte[]> arguments() {
        return new CommandArgs<>(CODEC);
    }

    /** Observes a reply. */
    @FunctionalInterface
    public interface ReplyObserver<T> {
        void replied(T reply, OwnChanges changes);
    }
}
