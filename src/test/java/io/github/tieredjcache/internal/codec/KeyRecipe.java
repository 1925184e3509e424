package io.github.tieredjcache.internal.codec;

import io.github.tieredjcache.internal.codec.Samples.Colour;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Time;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.stream.Stream;

/**
 * Creates a key of some kind. All keys of one recipe are equal, but each is built differently: with lists, sets and
 * maps of other classes, filled in another order, and with strings and dates that are shared or not.
 */
@SuppressWarnings({"JavaUtilDate", "JdkObsolete"}) // users have such keys
interface KeyRecipe {
    Object make(Random variation);

    /** Recipes of similar keys, few enough that equal keys are drawn twice, too. */
    static List<KeyRecipe> draw(long seed, int count) {
        Random random = new Random(seed);
        return Stream.generate(() -> draw(random, 3)).limit(count).toList();
    }

    private static KeyRecipe draw(Random random, int levels) {
        if (levels == 0 || random.nextInt(3) == 0) {
            return scalar(random);
        }
        List<KeyRecipe> parts = Stream.generate(() -> draw(random, levels - 1))
                .limit(random.nextInt(4))
                .toList();
        KeyRecipe one = draw(random, levels - 1);
        KeyRecipe other = draw(random, levels - 1);
        return switch (random.nextInt(8)) {
            case 0 -> variation -> list(made(parts, variation), variation);
            case 1 -> variation -> set(made(parts, variation), variation);
            case 2 -> {
                List<KeyRecipe> values =
                        parts.stream().map(part -> scalar(random)).toList();
                yield variation -> map(made(parts, variation), made(values, variation), variation);
            }
            case 3 -> variation -> Optional.of(one.make(variation));
            case 4 -> variation -> new Samples.Pair(one.make(variation), other.make(variation));
            case 5 -> variation -> new Samples.Generic<>(one.make(variation));
            case 6 -> variation -> new Samples.Arguments(made(parts, variation).toArray());
            default -> variation -> new Samples.Pair(null, one.make(variation));
        };
    }

    private static List<Object> made(List<KeyRecipe> parts, Random variation) {
        List<Object> made = new ArrayList<>();
        parts.forEach(part -> made.add(part.make(variation)));
        return made;
    }

    private static Object list(List<Object> elements, Random variation) {
        return switch (variation.nextInt(7)) {
            case 0 -> List.copyOf(elements);
            case 1 -> new LinkedList<>(elements);
            case 2 -> Arrays.asList(elements.toArray());
            case 3 -> Collections.unmodifiableList(elements);
            case 4 -> new CopyOnWriteArrayList<>(elements);
            case 5 -> new Vector<>(elements).subList(0, elements.size());
            default -> elements;
        };
    }

    private static Object set(List<Object> elements, Random variation) {
        Collections.shuffle(elements, variation);
        return switch (variation.nextInt(6)) {
            case 0 -> Set.copyOf(elements);
            case 1 -> new LinkedHashSet<>(elements);
            case 2 -> Collections.synchronizedSet(new HashSet<>(elements));
            case 3 -> new CopyOnWriteArraySet<>(elements);
            case 4 -> {
                Set<Object> large = new HashSet<>(1 << variation.nextInt(12));
                large.addAll(elements);
                yield large;
            }
            default -> Collections.unmodifiableSet(new HashSet<>(elements));
        };
    }

    private static Object map(List<Object> keys, List<Object> values, Random variation) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            map.put(keys.get(i), values.get(i));
        }
        List<Map.Entry<Object, Object>> entries = new ArrayList<>(map.entrySet());
        Collections.shuffle(entries, variation);
        Map<Object, Object> shuffled = new LinkedHashMap<>();
        entries.forEach(entry -> shuffled.put(entry.getKey(), entry.getValue()));
        return switch (variation.nextInt(5)) {
            case 0 -> Map.copyOf(shuffled);
            case 1 -> new HashMap<>(shuffled);
            case 2 -> new ConcurrentHashMap<>(shuffled);
            case 3 -> new Hashtable<>(shuffled);
            default -> shuffled;
        };
    }

    private static KeyRecipe scalar(Random random) {
        int drawn = random.nextInt(Scalars.COUNT);
        return variation -> Scalars.of(drawn, variation);
    }

    /** Returns recipes of keys without parts; each call creates another instance. */
    final class Scalars {
        static final int COUNT = 62;

        private Scalars() {}

        static Object of(int number, Random variation) {
            return number < 20 ? text(number, variation) : number < 40 ? number(number) : time(number, variation);
        }

        private static Object text(int number, Random variation) {
            String text = List.of(
                            "",
                            "a",
                            "A",
                            "~",
                            "~~",
                            "~L1",
                            "~K",
                            "1",
                            "a:b",
                            "{a}",
                            "\r\n",
                            "\0",
                            "Grüße 😀",
                            "\ud83d",
                            "\ude00",
                            "?",
                            "null",
                            "~S",
                            "RED",
                            " ")
                    .get(number);
            return variation.nextBoolean() ? new String(text) : text;
        }

        private static Object number(int number) {
            return List.<Object>of(
                            1,
                            1L,
                            (short) 1,
                            (byte) 1,
                            'a',
                            '1',
                            1.0,
                            1.0f,
                            0.0,
                            -0.0,
                            Double.NaN,
                            -0.0f,
                            0.1,
                            BigInteger.ONE,
                            new BigDecimal("1"),
                            new BigDecimal("1.0"),
                            new BigDecimal("1E+3"),
                            true,
                            Long.MIN_VALUE,
                            0)
                    .get(number - 20);
        }

        private static Object time(int number, Random variation) {
            return switch (number - 40) {
                case 0 -> Colour.RED;
                case 1 -> Colour.GREEN;
                case 2 -> DayOfWeek.MONDAY;
                case 3 -> new UUID(1, 2);
                case 4 -> Instant.ofEpochSecond(1, 1);
                case 5 -> Duration.ofMillis(-1);
                case 6 -> Period.of(1, -2, 3);
                case 7 -> LocalDate.of(12345, 6, 7);
                case 8 -> LocalTime.of(1, 2, 3, 4);
                case 9 -> LocalDateTime.of(2024, 10, 27, 2, 30);
                case 10 -> OffsetDateTime.of(2024, 10, 27, 2, 30, 0, 0, ZoneOffset.ofHours(1));
                case 11 -> OffsetTime.of(2, 30, 0, 0, ZoneOffset.ofHours(1));
                case 12 ->
                    ZonedDateTime.ofLocal(
                            LocalDateTime.of(2024, 10, 27, 2, 30), ZoneId.of("Europe/Berlin"), ZoneOffset.ofHours(1));
                case 13 -> Year.of(-5);
                case 14 -> YearMonth.of(12345, 6);
                case 15 -> MonthDay.of(2, 29);
                case 16 -> ZoneOffset.UTC;
                case 17 -> ZoneId.of("UTC");
                case 18 -> Locale.forLanguageTag("zh-Hant-TW");
                case 19 -> Currency.getInstance("EUR");
                case 20 ->
                    switch (variation.nextInt(3)) {
                        case 0 -> new Date(1_000);
                        case 1 -> new java.sql.Date(1_000);
                        default -> new Time(1_000);
                    };
                // A Timestamp equals no Date, although a Date may equal it; so its instant differs from that of the
                // Date.
                default -> new Timestamp(2_000);
            };
        }
    }
}
