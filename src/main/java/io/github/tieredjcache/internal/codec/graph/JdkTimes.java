package io.github.tieredjcache.internal.codec.graph;

import static io.github.tieredjcache.internal.codec.graph.ScalarSerializer.addValue;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
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
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.TimeZone;

/** Serializers with numbers 40 to 59: dates and times. */
@SuppressWarnings("JavaUtilDate") // users store the old dates, too
final class JdkTimes {
    private JdkTimes() {}

    static void addTo(JdkSerializers serializers) {
        addInstants(serializers);
        addLocals(serializers);
        addZoned(serializers);
        addDates(serializers);
        addSqlDates(serializers);
    }

    private static void addInstants(JdkSerializers serializers) {
        serializers.add(
                40,
                ScalarSerializer.<Instant>immutable(
                        (out, v) -> seconds(out, v.getEpochSecond(), v.getNano()),
                        (s, in) -> Instant.ofEpochSecond(in.readVarLong(false), in.readVarInt(true))),
                Instant.class);
        serializers.add(
                41,
                ScalarSerializer.<Duration>immutable(
                        (out, v) -> seconds(out, v.getSeconds(), v.getNano()),
                        (s, in) -> Duration.ofSeconds(in.readVarLong(false), in.readVarInt(true))),
                Duration.class);
        serializers.add(
                42,
                ScalarSerializer.<Period>immutable(
                        (out, v) -> {
                            out.writeVarInt(v.getYears(), false);
                            out.writeVarInt(v.getMonths(), false);
                            out.writeVarInt(v.getDays(), false);
                        },
                        (s, in) -> Period.of(in.readVarInt(false), in.readVarInt(false), in.readVarInt(false))),
                Period.class);
    }

    private static void addLocals(JdkSerializers serializers) {
        addValue(serializers, 43, LocalDate.class, JdkTimes::writeDate, (s, in) -> readDate(in));
        addValue(serializers, 44, LocalTime.class, JdkTimes::writeTime, (s, in) -> readTime(in));
        addValue(serializers, 45, LocalDateTime.class, JdkTimes::writeDateTime, (s, in) -> readDateTime(in));
        addValue(
                serializers,
                46,
                Year.class,
                (out, v) -> out.writeVarInt(v.getValue(), false),
                (s, in) -> Year.of(in.readVarInt(false)));
        serializers.add(
                47,
                ScalarSerializer.<YearMonth>immutable(
                        (out, v) -> {
                            out.writeVarInt(v.getYear(), false);
                            out.writeByte(v.getMonthValue());
                        },
                        (s, in) -> YearMonth.of(in.readVarInt(false), in.readByte())),
                YearMonth.class);
        serializers.add(
                48,
                ScalarSerializer.<MonthDay>immutable(
                        (out, v) -> {
                            out.writeByte(v.getMonthValue());
                            out.writeByte(v.getDayOfMonth());
                        },
                        (s, in) -> MonthDay.of(in.readByte(), in.readByte())),
                MonthDay.class);
    }

    private static void addZoned(JdkSerializers serializers) {
        serializers.add(
                49,
                ScalarSerializer.<OffsetDateTime>immutable(
                        (out, v) -> {
                            writeDateTime(out, v.toLocalDateTime());
                            writeOffset(out, v.getOffset());
                        },
                        (s, in) -> OffsetDateTime.of(readDateTime(in), readOffset(in))),
                OffsetDateTime.class);
        serializers.add(
                50,
                ScalarSerializer.<OffsetTime>immutable(
                        (out, v) -> {
                            writeTime(out, v.toLocalTime());
                            writeOffset(out, v.getOffset());
                        },
                        (s, in) -> OffsetTime.of(readTime(in), readOffset(in))),
                OffsetTime.class);
        serializers.add(
                51,
                ScalarSerializer.<ZonedDateTime>immutable(
                        (out, v) -> {
                            writeDateTime(out, v.toLocalDateTime());
                            // In an overlap, local time and zone denote two instants.
                            writeOffset(out, v.getOffset());
                            writeZone(out, v.getZone());
                        },
                        (s, in) -> {
                            LocalDateTime local = readDateTime(in);
                            ZoneOffset offset = readOffset(in);
                            return ZonedDateTime.ofLocal(local, readZone(s, in), offset);
                        }),
                ZonedDateTime.class);
        serializers.add(
                52,
                ScalarSerializer.immutable(JdkTimes::writeZone, JdkTimes::readZone),
                ZoneId.class,
                ZoneOffset.class);
    }

    private static void addDates(JdkSerializers serializers) {
        serializers.add(
                53,
                ScalarSerializer.<Date>mutable(
                        (out, v) -> out.writeLong(v.getTime()), (s, in) -> new Date(in.readLong()), v ->
                                (Date) v.clone()),
                Date.class);
        serializers.add(
                54,
                ScalarSerializer.<TimeZone>mutable(
                        JdkTimes::writeTimeZone, (s, in) -> TimeZone.getTimeZone(StringEncoding.read(s, in)), v ->
                                (TimeZone) v.clone()),
                TimeZone.class);
        serializers.add(
                55,
                ScalarSerializer.<GregorianCalendar>mutable(
                        JdkTimes::writeCalendar, JdkTimes::readCalendar, v -> (GregorianCalendar) v.clone()),
                GregorianCalendar.class);
    }

    /**
     * Adds the dates of {@code java.sql}. The module may be missing from a trimmed runtime; its numbers stay reserved.
     */
    private static void addSqlDates(JdkSerializers serializers) {
        if (ModuleLayer.boot().findModule("java.sql").isPresent()) {
            SqlDates.addTo(serializers);
        }
    }

    /** Loaded only if the module {@code java.sql} is present. */
    private static final class SqlDates {
        static void addTo(JdkSerializers serializers) {
            serializers.add(
                    56,
                    ScalarSerializer.<java.sql.Timestamp>mutable(
                            (out, v) -> {
                                out.writeLong(v.getTime());
                                out.writeInt(v.getNanos());
                            },
                            (s, in) -> {
                                java.sql.Timestamp timestamp = new java.sql.Timestamp(in.readLong());
                                timestamp.setNanos(in.readInt());
                                return timestamp;
                            },
                            v -> (java.sql.Timestamp) v.clone()),
                    java.sql.Timestamp.class);
            serializers.add(
                    57,
                    ScalarSerializer.<java.sql.Date>mutable(
                            (out, v) -> out.writeLong(v.getTime()), (s, in) -> new java.sql.Date(in.readLong()), v ->
                                    (java.sql.Date) v.clone()),
                    java.sql.Date.class);
            serializers.add(
                    58,
                    ScalarSerializer.<java.sql.Time>mutable(
                            (out, v) -> out.writeLong(v.getTime()), (s, in) -> new java.sql.Time(in.readLong()), v ->
                                    (java.sql.Time) v.clone()),
                    java.sql.Time.class);
        }
    }

    private static void seconds(Output output, long seconds, int nanos) {
        output.writeVarLong(seconds, false);
        output.writeVarInt(nanos, true);
    }

    private static void writeDate(Output output, LocalDate date) {
        output.writeVarLong(date.toEpochDay(), false);
    }

    private static LocalDate readDate(Input input) {
        return LocalDate.ofEpochDay(input.readVarLong(false));
    }

    private static void writeTime(Output output, LocalTime time) {
        output.writeVarLong(time.toNanoOfDay(), true);
    }

    private static LocalTime readTime(Input input) {
        return LocalTime.ofNanoOfDay(input.readVarLong(true));
    }

    private static void writeDateTime(Output output, LocalDateTime dateTime) {
        writeDate(output, dateTime.toLocalDate());
        writeTime(output, dateTime.toLocalTime());
    }

    private static LocalDateTime readDateTime(Input input) {
        return LocalDateTime.of(readDate(input), readTime(input));
    }

    private static void writeOffset(Output output, ZoneOffset offset) {
        output.writeVarInt(offset.getTotalSeconds(), false);
    }

    private static ZoneOffset readOffset(Input input) {
        return ZoneOffset.ofTotalSeconds(input.readVarInt(false));
    }

    private static void writeZone(Output output, ZoneId zone) {
        StringEncoding.write(output, zone.getId());
    }

    private static ZoneId readZone(KryoSession session, Input input) {
        return ZoneId.of(StringEncoding.read(session, input));
    }

    private static void writeTimeZone(Output output, TimeZone zone) {
        if (!TimeZone.getTimeZone(zone.getID()).equals(zone)) {
            throw new UnencodableException(
                    "the time zone " + zone.getID() + " has rules of its own; use one of TimeZone.getTimeZone");
        }
        StringEncoding.write(output, zone.getID());
    }

    private static void writeCalendar(Output output, GregorianCalendar calendar) {
        output.writeLong(calendar.getTimeInMillis());
        writeTimeZone(output, calendar.getTimeZone());
        output.writeBoolean(calendar.isLenient());
        output.writeByte(calendar.getFirstDayOfWeek());
        output.writeByte(calendar.getMinimalDaysInFirstWeek());
        output.writeLong(calendar.getGregorianChange().getTime());
    }

    private static GregorianCalendar readCalendar(KryoSession session, Input input) {
        long millis = input.readLong();
        GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone(StringEncoding.read(session, input)));
        calendar.setLenient(input.readBoolean());
        calendar.setFirstDayOfWeek(input.readByte());
        calendar.setMinimalDaysInFirstWeek(input.readByte());
        calendar.setGregorianChange(new Date(input.readLong()));
        calendar.setTimeInMillis(millis);
        return calendar;
    }
}
