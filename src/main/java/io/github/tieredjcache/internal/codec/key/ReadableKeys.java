package io.github.tieredjcache.internal.codec.key;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.graph.AllowList;
import io.github.tieredjcache.internal.codec.graph.EnumSerializers;
import io.github.tieredjcache.internal.codec.graph.JdkScalars;
import io.github.tieredjcache.internal.codec.graph.StringEncoding;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Encodes keys of scalar types as texts that are readable in {@code redis-cli}. A string is its own text. The text of
 * another type begins with {@code ~} and the letter of the type, for example {@code ~L42}. A string that begins with
 * {@code ~}, or that UTF-8 cannot represent, is escaped.
 */
@SuppressWarnings("JavaUtilDate") // users have such keys
final class ReadableKeys {
    static final char MARK = '~';
    private static final char ESCAPED = 'S';
    private static final char UTF_16 = 'W';
    private static final char ENUM = 'E';

    private final AllowList allowed;

    ReadableKeys(AllowList allowed) {
        this.allowed = allowed;
    }

    /**
     * One type of key.
     *
     * @param prefix the prefix of its texts
     * @param write returns the text after the prefix, equal for equal keys
     * @param read returns the key of a text after the prefix
     */
    private record Kind(String prefix, Function<Object, String> write, Function<String, Object> read) {}

    /** The types that have a text, but for strings and enums; loaded for the first key that is none of those. */
    private static final class Kinds {
        private static final Kinds ALL = new Kinds();

        private final Map<Class<?>, Kind> byType = new HashMap<>();
        private final Map<String, Kind> byPrefix = new HashMap<>();

        Kinds() {
            addNumbers();
            addTimes();
            addDates();
        }

        private void addNumbers() {
            add(Long.class, "L", Object::toString, Long::valueOf);
            add(Integer.class, "I", Object::toString, Integer::valueOf);
            add(Short.class, "H", Object::toString, Short::valueOf);
            add(Byte.class, "Y", Object::toString, Byte::valueOf);
            add(Boolean.class, "B", Object::toString, Boolean::valueOf);
            add(Character.class, "C", c -> Integer.toString(c), text -> (char) Integer.parseInt(text));
            // The decimal text of a floating point number differs between Java versions; the hexadecimal text does not.
            add(Float.class, "F", Float::toHexString, Float::valueOf);
            add(Double.class, "D", Double::toHexString, Double::valueOf);
            add(BigInteger.class, "N", Object::toString, BigInteger::new);
            add(BigDecimal.class, "M", Object::toString, BigDecimal::new);
            add(UUID.class, "U", Object::toString, UUID::fromString);
        }

        private void addTimes() {
            add(Instant.class, "TInstant:", Object::toString, Instant::parse);
            add(Duration.class, "TDuration:", Object::toString, Duration::parse);
            add(Period.class, "TPeriod:", Object::toString, Period::parse);
            add(LocalDate.class, "TLocalDate:", Object::toString, LocalDate::parse);
            add(LocalTime.class, "TLocalTime:", Object::toString, LocalTime::parse);
            add(LocalDateTime.class, "TLocalDateTime:", Object::toString, LocalDateTime::parse);
            add(OffsetDateTime.class, "TOffsetDateTime:", Object::toString, OffsetDateTime::parse);
            add(OffsetTime.class, "TOffsetTime:", Object::toString, OffsetTime::parse);
            add(ZonedDateTime.class, "TZonedDateTime:", Object::toString, ZonedDateTime::parse);
            add(Year.class, "TYear:", v -> Integer.toString(v.getValue()), text -> Year.of(Integer.parseInt(text)));
            // YearMonth does not parse its own text beyond the year 9999; LocalDate does.
            add(
                    YearMonth.class,
                    "TYearMonth:",
                    v -> v.atDay(1).toString().replaceFirst("-01$", ""),
                    text -> YearMonth.from(LocalDate.parse(text + "-01")));
            add(MonthDay.class, "TMonthDay:", Object::toString, MonthDay::parse);
            add(ZoneOffset.class, "TZoneOffset:", ZoneOffset::getId, ZoneOffset::of);
            add(ZoneId.class, "TZoneId:", ZoneId::getId, ZoneId::of);
            add(Locale.class, "TLocale:", JdkScalars::languageTag, Locale::forLanguageTag);
            add(Currency.class, "TCurrency:", Currency::getCurrencyCode, Currency::getInstance);
        }

        private void addDates() {
            add(Date.class, "TDate:", v -> Long.toString(v.getTime()), text -> new Date(Long.parseLong(text)));
            if (ModuleLayer.boot().findModule("java.sql").isPresent()) {
                SqlDates.addTo(this);
            }
        }

        private <T> void add(Class<T> type, String name, Function<T, String> write, Function<String, T> read) {
            Kind kind = new Kind(MARK + name, key -> write.apply(type.cast(key)), read::apply);
            byType.put(type, kind);
            byPrefix.put(kind.prefix, kind);
        }
    }

    /** Loaded only if the module {@code java.sql} is present. */
    private static final class SqlDates {
        static void addTo(Kinds kinds) {
            kinds.add(java.sql.Timestamp.class, "TTimestamp:", v -> v.getTime() + "/" + v.getNanos(), text -> {
                int slash = text.indexOf('/');
                var timestamp = new java.sql.Timestamp(Long.parseLong(text.substring(0, slash)));
                timestamp.setNanos(Integer.parseInt(text.substring(slash + 1)));
                return timestamp;
            });
            // java.sql.Date and Time equal a Date of the same time.
            Kind date = Objects.requireNonNull(kinds.byType.get(Date.class));
            kinds.byType.put(java.sql.Date.class, date);
            kinds.byType.put(java.sql.Time.class, date);
        }

        static Object as(Class<?> wanted, Date date) {
            if (wanted == java.sql.Date.class) {
                return new java.sql.Date(date.getTime());
            }
            return wanted == java.sql.Time.class ? new java.sql.Time(date.getTime()) : date;
        }
    }

    /** Returns the text of a key in UTF-8; null if the type of the key has none. */
    byte @Nullable [] encode(Object key) {
        if (key instanceof String text) {
            return string(text);
        }
        Kind kind = Kinds.ALL.byType.get(key.getClass());
        if (kind == null && key instanceof ZoneId) {
            kind = Kinds.ALL.byType.get(ZoneId.class);
        }
        if (kind != null) {
            return (kind.prefix + kind.write.apply(key)).getBytes(UTF_8);
        }
        if (key instanceof Enum<?> constant) {
            Class<?> type = constant.getDeclaringClass();
            allowed.checkAndLearn(type);
            return ("" + MARK + ENUM + type.getName() + '.' + constant.name()).getBytes(UTF_8);
        }
        return null;
    }

    /** Returns the text of a string key: the string itself, unless it must be escaped. */
    static byte[] string(String text) {
        boolean plain = true;
        for (int i = 0; i < text.length(); i++) {
            plain &= !Character.isSurrogate(text.charAt(i));
        }
        if (!plain && !StringEncoding.isWellFormed(text)) {
            return ("" + MARK + UTF_16 + HexFormat.of().formatHex(StringEncoding.utf16(text))).getBytes(UTF_8);
        }
        boolean escaped = !text.isEmpty() && text.charAt(0) == MARK;
        return (escaped ? "" + MARK + ESCAPED + text : text).getBytes(UTF_8);
    }

    /**
     * Returns the string of a string key. Bytes that {@link #string(String)} never returns give any string or
     * exception, so the caller must encode the result and compare.
     */
    static String string(byte[] bytes) {
        String text = new String(bytes, UTF_8);
        return text.isEmpty() || text.charAt(0) != MARK ? text : unescaped(text.charAt(1), text.substring(2));
    }

    private static String unescaped(char letter, String rest) {
        if (letter == UTF_16) {
            byte[] chars = HexFormat.of().parseHex(rest);
            return StringEncoding.utf16(chars, 0, chars.length);
        }
        return rest;
    }

    /**
     * Returns the key of a text. Bytes that {@link #encode} never returns give any key or exception, so the caller must
     * encode the result and compare.
     *
     * @param wanted the type that the caller needs: among types whose keys equal each other, this one is returned
     */
    Object decode(byte[] bytes, Class<?> wanted) {
        String text = new String(bytes, UTF_8);
        if (text.isEmpty() || text.charAt(0) != MARK) {
            return text;
        }
        char letter = text.charAt(1);
        String rest = text.substring(2);
        if (letter == ESCAPED || letter == UTF_16) {
            return unescaped(letter, rest);
        }
        if (letter == ENUM) {
            int dot = rest.lastIndexOf('.');
            Class<?> type = allowed.resolve(rest.substring(0, dot)).type();
            return EnumSerializers.constant(type, rest.substring(dot + 1));
        }
        int prefixEnd = letter == 'T' ? text.indexOf(':') + 1 : 2;
        Kind kind = Kinds.ALL.byPrefix.get(text.substring(0, prefixEnd));
        if (kind == null) {
            throw MalformedException.damaged("an unknown kind of key");
        }
        Object key = kind.read.apply(text.substring(prefixEnd));
        return key instanceof Date date && Date.class.isAssignableFrom(wanted) && !wanted.isInstance(key)
                ? SqlDates.as(wanted, date)
                : key;
    }
}
