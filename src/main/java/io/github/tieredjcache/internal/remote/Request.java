package io.github.tieredjcache.internal.remote;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.internal.entry.FillTicket;
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
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One command to Redis, ready to be sent, any number of times.
 *
 * @param <T> the type of the answer
 */
final class Request<T> {
    private static final ByteArrayCodec CODEC = ByteArrayCodec.INSTANCE;

    private final CommandType verb;
    private final CommandArgs<byte[], byte[]> arguments;
    private final Function<ByteArrayCodec, CommandOutput<byte[], byte[], T>> output;
    private final boolean mutates;
    private final @Nullable Request<T> withText;
    private final @Nullable Echo echo;

    private Request(
            CommandType verb,
            CommandArgs<byte[], byte[]> arguments,
            Function<ByteArrayCodec, CommandOutput<byte[], byte[], T>> output,
            boolean mutates,
            @Nullable Request<T> withText) {
        this(verb, arguments, output, mutates, withText, null);
    }

    private Request(
            CommandType verb,
            CommandArgs<byte[], byte[]> arguments,
            Function<ByteArrayCodec, CommandOutput<byte[], byte[], T>> output,
            boolean mutates,
            @Nullable Request<T> withText,
            @Nullable Echo echo) {
        this.verb = verb;
        this.arguments = arguments;
        this.output = output;
        this.mutates = mutates;
        this.withText = withText;
        this.echo = echo;
    }

    private static <T> Request<T> reading(
            CommandType verb,
            CommandArgs<byte[], byte[]> arguments,
            Function<ByteArrayCodec, CommandOutput<byte[], byte[], T>> output) {
        return new Request<>(verb, arguments, output, false, null);
    }

    /** The value of a key, or null. */
    static Request<byte @Nullable []> get(byte[] key) {
        return reading(CommandType.GET, arguments().addKey(key), ValueOutput::new);
    }

    /** The first bytes of the value of a key; none if there is no such key. */
    static Request<byte[]> head(byte[] key, int length) {
        return reading(CommandType.GETRANGE, arguments().addKey(key).add(0).add(length - 1L), ValueOutput::new);
    }

    /** The values of the keys, in order, null for a key without one. */
    static Request<List<byte @Nullable []>> getAll(List<byte[]> keys) {
        return reading(CommandType.MGET, arguments().addKeys(keys), ValueListOutput::new);
    }

    /** The server's clock: seconds, and the microseconds beyond them. */
    static Request<List<byte[]>> time() {
        return reading(CommandType.TIME, arguments(), ValueListOutput::new);
    }

    /** Switches the announcement of changes on, for all that is read from now on. */
    static Request<String> track() {
        return reading(CommandType.CLIENT, arguments().add("TRACKING").add("ON"), StatusOutput::new);
    }

    /** One step of an iteration over the keys that match a pattern. */
    static Request<KeyScanCursor<byte[]>> scan(String cursor, byte[] pattern, int count) {
        CommandArgs<byte[], byte[]> arguments =
                arguments().add(cursor).add("MATCH").add(pattern).add("COUNT").add(count);
        return reading(CommandType.SCAN, arguments, KeyScanOutput::new);
    }

    /** Removes the keys. */
    static Request<Long> unlink(List<byte[]> keys) {
        return new Request<>(CommandType.UNLINK, arguments().addKeys(keys), IntegerOutput::new, true, null);
    }

    /** Makes a script known to the server. */
    static Request<String> load(Script script) {
        return reading(CommandType.SCRIPT, arguments().add("LOAD").add(script.text()), StatusOutput::new);
    }

    /**
     * Runs a script on one key.
     *
     * @param mutates whether an answer that does not come leaves a change in doubt
     */
    static Request<List<@Nullable Object>> run(Script script, boolean mutates, byte[] key, List<byte[]> parameters) {
        CommandArgs<byte[], byte[]> text =
                arguments().add(script.text()).add(1).addKey(key).addValues(parameters);
        CommandArgs<byte[], byte[]> name =
                arguments().add(script.sha1()).add(1).addKey(key).addValues(parameters);
        Request<List<@Nullable Object>> withText =
                new Request<>(CommandType.EVAL, text, ArrayOutput::new, mutates, null);
        return new Request<>(CommandType.EVALSHA, name, ArrayOutput::new, mutates, withText);
    }

    /** Returns a number as a script takes it. */
    static byte[] number(long number) {
        return Long.toString(number).getBytes(US_ASCII);
    }

    /** Returns whether the answer, if it does not come, leaves a change in doubt. */
    boolean mutates() {
        return mutates;
    }

    /** Returns the same with the script's text, for a server that does not know the script; null if this runs none. */
    @Nullable
    Request<T> withText() {
        return withText;
    }

    /**
     * Returns the same as a script that may change the key, and then is echoed.
     *
     * @param ticket under which what it stores may be kept; null if it stores nothing to keep
     * @param whenever whether it changes the key whenever it is applied, even if there was no entry and is none
     */
    Request<T> changing(byte[] key, @Nullable FillTicket ticket, boolean whenever) {
        Request<T> text = withText == null ? null : withText.changing(key, ticket, whenever);
        return new Request<>(verb, arguments, output, mutates, text, new Echo(key, ticket, whenever));
    }

    /** Looks at an answer, on the thread and in the order of the stream. */
    void answered(@Nullable T answer, Invalidations invalidations) {
        if (echo != null && answer instanceof List<?> reply && Answer.saysChanged(reply, echo.whenever())) {
            invalidations.wrote(echo.key(), echo.ticket());
        }
    }

    AsyncCommand<byte[], byte[], T> command() {
        return new AsyncCommand<>(new Command<>(verb, output.apply(CODEC), arguments));
    }

    private static CommandArgs<byte[], byte[]> arguments() {
        return new CommandArgs<>(CODEC);
    }

    /** What a script changes, and how. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Echo(byte[] key, @Nullable FillTicket ticket, boolean whenever) {}
}
