package io.github.tieredjcache.history;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one caller did with one key, and the answer.
 *
 * <p>Times are those of {@link System#nanoTime}, which on Linux is one clock for all processes of a machine.
 *
 * @param node on which node
 * @param key of which key
 * @param verb what was asked
 * @param value what it would store; null if nothing
 * @param expected what it compares with; null if nothing
 * @param answer a value, {@code "true"} or {@code "false"}; null for no value, no answer, or an outcome that is unknown
 * @param callNanos when it was called
 * @param returnNanos when it returned; {@link #NEVER} if its outcome is unknown: it may take effect at any time after its
 *     call, or never
 */
public record Operation(
        int node,
        String key,
        Verb verb,
        @Nullable String value,
        @Nullable String expected,
        @Nullable String answer,
        long callNanos,
        long returnNanos) {
    /** The return of an operation whose outcome is unknown. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final char NOTE = '<';
    private static final String NULL = "-";

    /** Returns what a processor stores: its own value with a note of the one that was there. */
    public static String noted(String value, @Nullable String before) {
        return value + NOTE + (before == null ? "" : unnoted(before));
    }

    /** Returns the value without its note. */
    public static String unnoted(String value) {
        int end = value.indexOf(NOTE);
        return end < 0 ? value : value.substring(0, end);
    }

    /** Returns whether its caller knows what came of it. */
    public boolean isKnown() {
        return returnNanos != NEVER;
    }

    /**
     * Returns whether its answer says that it changed nothing, whatever the key held; an operation that could have changed
     * something, had it come at another time, is not meant.
     */
    public boolean changedNothing() {
        return isKnown()
                && switch (verb) {
                    case GET, CONTAINS -> true;
                    case PUT_IF_ABSENT, REPLACE, REPLACE_EXPECTED, REMOVE, REMOVE_EXPECTED -> "false".equals(answer);
                    case GET_AND_REMOVE, GET_AND_REPLACE -> answer == null;
                    default -> false;
                };
    }

    /** Returns what the key holds after this operation on what it held, or nothing at all if the answer is wrong. */
    public @Nullable After after(@Nullable String held) {
        return switch (verb) {
            case GET -> answering(held, held);
            case CONTAINS -> answering(held != null, held);
            case PUT -> new After(value);
            case GET_AND_PUT -> answering(held, value);
            case PUT_IF_ABSENT -> deciding(held == null, held, value);
            case REPLACE -> deciding(held != null, held, value);
            case REPLACE_EXPECTED -> deciding(Objects.equals(expected, held), held, value);
            case GET_AND_REPLACE -> answering(held, held == null ? null : value);
            case REMOVE -> deciding(held != null, held, null);
            case REMOVE_EXPECTED -> deciding(Objects.equals(expected, held), held, null);
            case GET_AND_REMOVE -> answering(held, null);
            case REMOVE_ALL, CLEAR -> new After(null);
            case INVOKE -> answering(held, noted(Objects.requireNonNull(value), held));
        };
    }

    private @Nullable After deciding(boolean acts, @Nullable String held, @Nullable String changed) {
        return answering(acts, acts ? changed : held);
    }

    private @Nullable After answering(@Nullable Object right, @Nullable String next) {
        boolean explained = !isKnown() || Objects.equals(right == null ? null : right.toString(), answer);
        return explained ? new After(next) : null;
    }

    /** Returns the operation as one line, for {@link #parse}. */
    public String line() {
        return String.join(
                "\t",
                Integer.toString(node),
                key,
                verb.name(),
                text(value),
                text(expected),
                text(answer),
                Long.toString(callNanos),
                Long.toString(returnNanos));
    }

    /** Returns the operation that {@link #line} wrote. */
    public static Operation parse(String line) {
        String[] words = line.split("\t", -1);
        return new Operation(
                Integer.parseInt(words[0]),
                words[1],
                Verb.valueOf(words[2]),
                word(words[3]),
                word(words[4]),
                word(words[5]),
                Long.parseLong(words[6]),
                Long.parseLong(words[7]));
    }

    private static String text(@Nullable String word) {
        return word == null ? NULL : word;
    }

    private static @Nullable String word(String text) {
        return text.equals(NULL) ? null : text;
    }

    /** Returns the operation as a line of a report, with its times in microseconds after some instant. */
    public String describe(long sinceNanos) {
        String arguments = (expected == null ? "" : expected + ", ") + (value == null ? "" : value);
        String end = isKnown() ? micros(returnNanos - sinceNanos) : "?";
        return "[" + micros(callNanos - sinceNanos) + " " + end + "] node " + node + " " + verb + "(" + arguments + ") "
                + (isKnown() ? "-> " + answer : "of unknown outcome");
    }

    private static String micros(long nanos) {
        return String.format("%,d", nanos / 1_000);
    }

    /** What a key holds; null for no entry. */
    public record After(@Nullable String held) {}
}
