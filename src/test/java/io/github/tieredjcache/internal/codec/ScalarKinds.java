package io.github.tieredjcache.internal.codec;

import io.github.tieredjcache.internal.codec.Samples.Colour;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.DayOfWeek;
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
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.Currency;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Numbers, texts, dates and times, enum constants. */
@SuppressWarnings({"JavaUtilDate", "UnnecessaryStringBuilder"}) // users store such values
final class ScalarKinds {
    private ScalarKinds() {}

    static Stream<Kind> all() {
        return Stream.of(numbers(), texts(), enums(), names(), times(), zonedTimes(), dates(), holders())
                .flatMap(List::stream);
    }

    private static List<Kind> numbers() {
        return List.of(
                Kind.of("Boolean", true),
                Kind.of("Byte", (byte) -1),
                Kind.of("Short", (short) 300),
                Kind.of("Character", 'x'),
                Kind.of("Character, half a surrogate pair", '\ud800'),
                Kind.of("Integer", 4_711),
                Kind.of("Integer, the least", Integer.MIN_VALUE),
                Kind.of("Long", -1L),
                Kind.of("Long, the greatest", Long.MAX_VALUE),
                Kind.of("Float", 1.5f),
                Kind.of("Double, not a number", Double.NaN),
                Kind.of("Double, minus zero", -0.0),
                Kind.of("BigInteger", BigInteger.TWO.pow(200).negate()),
                Kind.of("BigDecimal, with its scale", new BigDecimal("1.00")),
                Kind.of("BigDecimal, negative scale", new BigDecimal("-1E+30")),
                Kind.of("OptionalInt", OptionalInt.of(-3)),
                Kind.of("OptionalInt, empty", OptionalInt.empty()),
                Kind.of("OptionalLong", OptionalLong.of(4)),
                Kind.of("OptionalLong, empty", OptionalLong.empty()),
                Kind.of("OptionalDouble", OptionalDouble.of(0.1)),
                Kind.of("OptionalDouble, empty", OptionalDouble.empty()));
    }

    private static List<Kind> texts() {
        return List.of(
                Kind.of("String, empty", ""),
                Kind.of("String", "plain"),
                Kind.of("String, Latin-1", "Grüße"),
                Kind.of("String, Unicode", "日本 😀"),
                Kind.of("String, half a surrogate pair", "lone \ud800 surrogate"),
                Kind.of("String of 5 million characters", "x".repeat(5_000_000)),
                Kind.of("String of 100,000 accents", "é".repeat(100_000)),
                Kind.of("StringBuilder", new StringBuilder("ab")).by(Object::toString));
    }

    private static List<Kind> enums() {
        return List.of(
                Kind.of("enum", Colour.RED),
                Kind.of("enum, constant with a body", Colour.GREEN),
                Kind.of("TimeUnit", TimeUnit.DAYS),
                Kind.of("ChronoUnit", ChronoUnit.DECADES),
                Kind.of("DayOfWeek", DayOfWeek.FRIDAY),
                Kind.of("RoundingMode", RoundingMode.HALF_EVEN));
    }

    private static List<Kind> names() {
        return List.of(
                Kind.of("UUID", new UUID(-1, 1)),
                Kind.of("URI", URI.create("http://a/b?c#d")),
                Kind.of("Locale", Locale.GERMANY),
                Kind.of("Locale, root", Locale.ROOT),
                Kind.of("Locale with a script", Locale.forLanguageTag("zh-Hant-TW")),
                Kind.of("Currency", Currency.getInstance("EUR")),
                Kind.of("Charset, standard", StandardCharsets.UTF_8),
                Kind.of("Comparator, natural order", Comparator.naturalOrder()),
                Kind.of("Comparator, reverse order", Collections.reverseOrder()),
                Kind.of("Comparator, case insensitive", String.CASE_INSENSITIVE_ORDER));
    }

    private static List<Kind> times() {
        return List.of(
                Kind.of("Instant, the last", Instant.MAX),
                Kind.of("Instant, the first", Instant.MIN),
                Kind.of("Instant before 1970, with nanoseconds", Instant.ofEpochSecond(-1, 999_999_999)),
                Kind.of("Duration", Duration.ofNanos(-1)),
                Kind.of("Period", Period.of(1, -2, 3)),
                Kind.of("LocalDate", LocalDate.of(2024, 2, 29)),
                Kind.of("LocalDate, the first", LocalDate.MIN),
                Kind.of("LocalTime", LocalTime.MAX),
                Kind.of("LocalDateTime", LocalDateTime.MAX),
                Kind.of("Year", Year.of(2024)),
                Kind.of("YearMonth", YearMonth.of(2024, 2)),
                Kind.of("MonthDay", MonthDay.of(2, 29)));
    }

    private static List<Kind> zonedTimes() {
        LocalDateTime overlap = LocalDateTime.of(2024, 10, 27, 2, 30);
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        return List.of(
                Kind.of("OffsetDateTime", OffsetDateTime.of(overlap, ZoneOffset.ofHours(-3))),
                Kind.of("OffsetTime", OffsetTime.of(1, 2, 3, 4, ZoneOffset.ofHoursMinutes(5, 30))),
                Kind.of(
                        "ZonedDateTime, first of an hour that comes twice",
                        ZonedDateTime.ofLocal(overlap, berlin, ZoneOffset.ofHours(2))),
                Kind.of(
                        "ZonedDateTime, second of an hour that comes twice",
                        ZonedDateTime.ofLocal(overlap, berlin, ZoneOffset.ofHours(1))),
                Kind.of("ZonedDateTime, by offset", ZonedDateTime.of(overlap, ZoneOffset.UTC)),
                Kind.of("ZoneId", ZoneId.of("America/New_York")),
                Kind.of("ZoneOffset", ZoneOffset.ofHours(7)));
    }

    private static List<Kind> dates() {
        Timestamp timestamp = new Timestamp(1_700_000_000_123L);
        timestamp.setNanos(123_456_789);
        GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone("Europe/Berlin"));
        calendar.setTimeInMillis(1_700_000_000_123L);
        return List.of(
                Kind.of("java.util.Date", new Date(5)),
                Kind.of("java.sql.Timestamp, with nanoseconds", timestamp),
                Kind.of("java.sql.Date", new java.sql.Date(7)),
                Kind.of("java.sql.Time", new java.sql.Time(8)),
                Kind.of("TimeZone", TimeZone.getTimeZone("Asia/Tokyo")),
                Kind.of("TimeZone of an offset", TimeZone.getTimeZone("GMT+1")),
                Kind.of("GregorianCalendar", calendar));
    }

    private static List<Kind> holders() {
        return List.of(
                Kind.of("BitSet", BitSet.valueOf(new long[] {5, 0, 1L << 63})),
                Kind.of("AtomicInteger", new AtomicInteger(5)).by(AtomicInteger::get),
                Kind.of("AtomicLong", new AtomicLong(5)).by(AtomicLong::get),
                Kind.of("AtomicBoolean", new AtomicBoolean(true)).by(AtomicBoolean::get),
                Kind.of("Object", new Object()).by(Object::getClass));
    }
}
