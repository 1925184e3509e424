package io.github.tieredjcache;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * The type of a setting: the class of its values, their texts, and their rule.
 *
 * @param valueClass the class of the values
 * @param parser converts a text to a value; throws {@link IllegalArgumentException} with the rule
 * @param brokenRule returns the rule that a value breaks, or null
 * @param formatter converts a value to the text of messages and beans, without secrets
 * @param secret whether messages must not quote a text
 * @param <T> the class of the values
 */
record SettingType<T>(
        Class<T> valueClass,
        Function<String, T> parser,
        Function<T, @Nullable String> brokenRule,
        Function<T, String> formatter,
        boolean secret) {

    private static final String CLASS_NAME = "\\p{javaJavaIdentifierPart}+(\\.\\p{javaJavaIdentifierPart}+)*";
    private static final String NODE_NAME = "[\\w.:@/-]{0,64}";

    private SettingType(
            Class<T> valueClass,
            Function<String, T> parser,
            Function<T, @Nullable String> brokenRule,
            Function<T, String> formatter) {
        this(valueClass, parser, brokenRule, formatter, false);
    }

    /** Returns a text with a rule. */
    static SettingType<String> text(Function<String, @Nullable String> brokenRule) {
        return new SettingType<>(String.class, String::strip, brokenRule, Function.identity());
    }

    /** Returns the URI of a Redis, shown without user and password; the empty text means no Redis. */
    static SettingType<String> redisUri() {
        return new SettingType<>(String.class, String::strip, RedisUris::brokenRule, RedisUris::withoutPassword);
    }

    /** Returns a file. It may exist on one machine only, so its existence is checked where a cache is created. */
    static SettingType<String> file() {
        return text(path -> null);
    }

    /** Returns a name that Redis accepts for a connection; the empty text means none. */
    static SettingType<String> nodeName() {
        return text(name ->
                name.matches(NODE_NAME) ? null : "must be at most 64 letters, digits and characters of . _ : @ / -");
    }

    /** Returns the name of a class; the empty text means none. */
    static SettingType<String> className() {
        return text(name ->
                name.isEmpty() || name.matches(CLASS_NAME) ? null : "must be the name of a class (com.shop.JsonCodec)");
    }

    /** Returns a duration of at least this one. */
    static SettingType<Duration> duration(Duration least) {
        return new SettingType<>(
                Duration.class,
                Durations::parse,
                value -> value.compareTo(least) < 0 || value.compareTo(Durations.MAX) > 0
                        ? "must be between " + Durations.show(least) + " and " + Durations.show(Durations.MAX)
                        : null,
                Durations::show);
    }

    /** Returns a number of bytes of a key or value. */
    static SettingType<Integer> bytes() {
        return new SettingType<>(
                Integer.class,
                text -> (int) Math.min(Sizes.parse(text), Integer.MAX_VALUE),
                // Redis refuses strings over 512 MB, and the stored value has a header.
                value -> value < 1 || value > 500 << 20 ? "must be between 1 and 500MiB" : null,
                bytes -> Sizes.show(bytes));
    }

    /** Returns a weight in bytes, above 0. */
    static SettingType<Long> weight() {
        return new SettingType<>(Long.class, Sizes::parse, SettingType::positive, Sizes::show);
    }

    /** Returns a whole number above 0. */
    static SettingType<Long> size() {
        return new SettingType<>(Long.class, SettingType::wholeNumber, SettingType::positive, String::valueOf);
    }

    /** Returns a whole number between these two. */
    static SettingType<Integer> count(int least, int most) {
        return count(value -> value < least || value > most ? "must be between " + least + " and " + most : null);
    }

    private static SettingType<Integer> count(Function<Integer, @Nullable String> brokenRule) {
        return new SettingType<>(
                Integer.class,
                // A number that does not fit becomes the nearest one, which breaks the rule, too.
                text -> (int) Math.max(Integer.MIN_VALUE, Math.min(wholeNumber(text), Integer.MAX_VALUE)),
                brokenRule,
                String::valueOf);
    }

    /** Returns a power of two between 1 and this one. */
    static SettingType<Integer> powerOfTwo(int most) {
        return count(value -> value < 1 || value > most || Integer.bitCount(value) != 1
                ? "must be a power of two between 1 and " + most
                : null);
    }

    /** Returns a factor between 0 and this one. */
    static SettingType<Double> factor(int most) {
        return new SettingType<>(
                Double.class,
                SettingType::number,
                value -> value >= 0 && value <= most ? null : "must be between 0 and " + most,
                String::valueOf);
    }

    /** Returns a percentage between 0 and this one. */
    static SettingType<Integer> percentage(int most) {
        return new SettingType<>(
                Integer.class,
                SettingType::percent,
                value -> value < 0 || value > most ? "must be between 0% and " + most + "%" : null,
                value -> value + "%");
    }

    /** Returns a switch. */
    static SettingType<Boolean> onOrOff() {
        return new SettingType<>(
                Boolean.class,
                text -> switch (text.strip().toLowerCase(Locale.ROOT)) {
                    case "on" -> true;
                    case "off" -> false;
                    default -> throw new IllegalArgumentException("must be on or off");
                },
                value -> null,
                value -> value ? "on" : "off");
    }

    /** Returns one of two constants, of which the texts are the names in lower case. */
    static <E extends Enum<E>> SettingType<E> oneOf(E one, E other) {
        Function<E, String> formatter = value -> value.name().toLowerCase(Locale.ROOT);
        return new SettingType<>(
                one.getDeclaringClass(),
                text -> Stream.of(one, other)
                        .filter(each -> each.name().equalsIgnoreCase(text.strip()))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "must be " + formatter.apply(one) + " or " + formatter.apply(other))),
                value -> null,
                formatter);
    }

    /** Returns patterns of class names, separated by commas; the empty text means none. */
    static SettingType<List<String>> classPatterns() {
        return new SettingType<>(
                listClass(),
                text -> text.isBlank() ? List.of() : List.of(text.strip().split("\\s*,\\s*")),
                names -> names.stream().allMatch(name -> name.matches(CLASS_NAME + "(\\.\\*{1,2})?"))
                        ? null
                        : "must be class names (com.shop.Order), packages (com.shop.*) or package trees (com.shop.**)",
                names -> String.join(",", names));
    }

    /** Returns secret keys in Base64, separated by commas; no message shows them. */
    static SettingType<List<SecretKey>> secretKeys() {
        return new SettingType<>(listClass(), HmacKeys::parse, HmacKeys::brokenRule, HmacKeys::withoutKeys, true);
    }

    /** Returns the value of a text; throws {@link IllegalArgumentException} with the broken rule and the text. */
    T parse(String text) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + ", was " + (secret ? "***" : "'" + text + "'"), e);
        }
    }

    private static @Nullable String positive(long value) {
        return value < 1 ? "must be positive" : null;
    }

    private static long wholeNumber(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number", e);
        }
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a number such as 1 or 1.5", e);
        }
    }

    private static int percent(String text) {
        String stripped = text.strip();
        if (!stripped.matches("\\d{1,4}\\s*%")) {
            throw new IllegalArgumentException("must be a percentage such as 10%");
        }
        return Integer.parseInt(stripped.substring(0, stripped.length() - 1).strip());
    }

    @SuppressWarnings("unchecked")
    private static <E> Class<List<E>> listClass() {
        // A class literal cannot express List<E>; the parsers create no other lists.
        return (Class<List<E>>) (Class<?>) List.class;
    }
}
