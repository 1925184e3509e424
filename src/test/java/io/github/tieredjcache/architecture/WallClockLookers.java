package io.github.tieredjcache.architecture;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Date;
import java.util.List;
import java.util.TimeZone;
import java.util.function.LongSupplier;

/** Every way to a wall clock that the architecture forbids, and some that only look like one. */
final class WallClockLookers {
    static final int LOOKS = 9;

    private WallClockLookers() {}

    @SuppressWarnings("JavaUtilDate") // It is one of the ways.
    static List<Object> look() {
        LongSupplier reference = System::currentTimeMillis;
        Clock clock = Clock.systemUTC();
        return List.of(
                reference,
                System.currentTimeMillis(),
                Instant.now(),
                Instant.now(clock),
                LocalDateTime.now(ZoneOffset.UTC),
                ZonedDateTime.now(ZoneOffset.UTC),
                new Date(),
                Calendar.getInstance(TimeZone.getTimeZone("UTC")));
    }

    @SuppressWarnings("JavaUtilDate") // As above.
    static List<Object> lookNot() {
        return List.of(new Date(0), Instant.ofEpochMilli(0), System.nanoTime());
    }
}
