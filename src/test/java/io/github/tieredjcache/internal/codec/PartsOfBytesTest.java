package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.Samples.Point;
import io.github.tieredjcache.internal.codec.api.PayloadCodec.Encoded;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.api.ValueOptions;
import io.github.tieredjcache.internal.codec.graph.AllowList;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
import io.github.tieredjcache.internal.codec.graph.DescriptorFactory;
import io.github.tieredjcache.internal.codec.graph.SessionPool;
import io.github.tieredjcache.internal.codec.value.KryoCodec;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A writer counts the parts of a value as its readers do: 32 need a byte in Redis. */
class PartsOfBytesTest {
    private static final byte[] KEY = {'k'};

    private final ClassDescriptors descriptors = DescriptorFactory.all();
    private final KryoCodec<Object> codec = new KryoCodec<>(
            new SessionPool(descriptors),
            Object.class,
            new AllowList(getClass().getClassLoader(), descriptors, Kinds.rules()),
            1 << 24);

    /** An object with as many fields as a record of its own. */
    @SuppressWarnings("unused") // stored
    private static final class Fields {
        private Object a;
        private Object b;
        private int c;
    }

    static Stream<Arguments> parts() {
        Map<Integer, Object> map = new HashMap<>();
        IntStream.range(0, 100).forEach(i -> map.put(i, i));
        return Stream.of(
                Arguments.of("text", 0),
                Arguments.of(new ArrayList<>(Collections.nCopies(100, null)), 100),
                Arguments.of(new Object[100], 100),
                Arguments.of(List.of(1, 2, 3), 3),
                Arguments.of(new HashSet<>(map.keySet()), 100),
                Arguments.of(Set.copyOf(map.keySet()), 100),
                Arguments.of(map, 100),
                Arguments.of(new TreeMap<>(map), 100),
                Arguments.of(new LinkedHashMap<>(map), 100),
                Arguments.of(new EnumMap<>(Map.of(Samples.Colour.RED, 1)), 1),
                Arguments.of(fifty(Point.class), 50 + 50 * 2),
                Arguments.of(fifty(Fields.class), 50 + 50 * 3));
    }

    private static List<Object> fifty(Class<?> type) {
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(type == Point.class ? new Point(i, i) : new Fields());
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("parts")
    void elementsEntriesFieldsAndComponentsAreParts(Object value, int parts) {
        assertEquals((parts + 31) / 32, codec.encode(value, 0).bytesNeeded());
    }

    @Test
    void equalAddressesAreReadHoweverWellTheyAreCompressed() throws Exception {
        byte[] noise = new byte[700];
        new Random(1).nextBytes(noise);
        List<Object> value = new ArrayList<>(Collections.nCopies(10_000, InetAddress.getByAddress(new byte[4])));
        value.add(noise);
        try (Codecs codecs = new Codecs(getClass().getClassLoader())) {
            ValueCodec<Object> compressing =
                    codecs.values(Object.class, Kinds.rules(), new ValueOptions<>(null, 100, null));
            byte[] entry = compressing.encode(KEY, value);
            assertEquals(1, entry[1], "it is compressed");
            assertEquals(10_001, ((List<?>) compressing.decode(KEY, entry, 0)).size());
        }
    }

    @Test
    void aReaderOfAnyKindOfValueNeedsTheBytesThatTheWriterComputes() {
        List<String> faults = new ArrayList<>();
        for (Kind kind : Kinds.stored()) {
            Encoded encoded = codec.encode(kind.value(), 0);
            int needed = Math.toIntExact(encoded.bytesNeeded());
            int length = encoded.bytes().length;
            try {
                assertNotNull(codec.decode(encoded.bytes(), 0, length, needed), kind.name());
            } catch (UndecodableException e) {
                faults.add(kind.name() + " with " + needed + " bytes: " + e.getMessage());
            }
            if (needed > 0) {
                try {
                    codec.decode(encoded.bytes(), 0, length, needed - 1);
                    faults.add(kind.name() + " with less than " + needed + " bytes");
                } catch (UndecodableException e) {
                    assertEquals(UndecodableReason.LIMIT, e.reason(), kind.name());
                }
            }
        }
        assertEquals(List.of(), faults);
    }
}
