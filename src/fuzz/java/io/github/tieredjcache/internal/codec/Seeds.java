package io.github.tieredjcache.internal.codec;

import io.github.tieredjcache.internal.codec.Samples.Basket;
import io.github.tieredjcache.internal.codec.Samples.Entity;
import io.github.tieredjcache.internal.codec.Samples.Holder;
import io.github.tieredjcache.internal.codec.Samples.Narrow;
import io.github.tieredjcache.internal.codec.Samples.Point;
import io.github.tieredjcache.internal.codec.Samples.Rebuilt;
import io.github.tieredjcache.internal.codec.Samples.ShopException;
import io.github.tieredjcache.internal.codec.Samples.TaggedList;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Valid bytes, with which the fuzzer begins. */
final class Seeds {
    private static final byte[] KEY = {'k'};

    private Seeds() {}

    /** Returns inputs of {@link ValueFuzz}. */
    static List<byte[]> values() {
        ValueCodec<Object> codec = new Codecs(Seeds.class.getClassLoader())
                .values(
                        Object.class,
                        new CodecRules(
                                String.class,
                                Object.class,
                                List.of(Samples.class.getPackageName() + ".*"),
                                1_024,
                                1 << 20));
        TaggedList tagged = new TaggedList();
        tagged.add("x");
        List<Object> samples = List.of(
                Entity.sample(),
                Map.of(new Point(1, 2), new ArrayList<>(List.of(1, 2L, "three"))),
                new Basket("o", List.of("i"), Optional.empty()),
                new Object[] {new Holder(new Narrow()), new String[] {"s"}, tagged},
                new ShopException("m", 1, new RuntimeException()),
                new Rebuilt("r"),
                Set.of(ZonedDateTime.parse("2026-10-25T02:30+02:00[Europe/Berlin]"), UUID.randomUUID()));
        return samples.stream()
                .map(sample -> HostileEntry.payload(codec.encode(KEY, sample)))
                .map(payload -> {
                    byte[] input = new byte[payload.length + 1];
                    System.arraycopy(payload, 0, input, 1, payload.length);
                    return input;
                })
                .toList();
    }

    /** Returns inputs of {@link KeyFuzz}. */
    static List<byte[]> keys() {
        KeyCodec<Object> codec = new Codecs(Seeds.class.getClassLoader())
                .keys(
                        Object.class,
                        new CodecRules(
                                Object.class,
                                String.class,
                                List.of(Samples.class.getPackageName() + ".*"),
                                1_024,
                                1 << 20),
                        null);
        return List.<Object>of(
                        "text",
                        "~tilde",
                        42L,
                        UUID.fromString("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
                        LocalDate.of(2026, 2, 28),
                        Samples.Colour.RED,
                        new Point(1, 2),
                        List.of(1, "two", 3.0),
                        Set.of("a", "b"),
                        Map.of("k", List.of(1L)))
                .stream()
                .map(codec::encode)
                .toList();
    }
}
