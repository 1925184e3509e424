package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.codec.Samples.Basket;
import io.github.tieredjcache.internal.codec.Samples.Circle;
import io.github.tieredjcache.internal.codec.Samples.Entity;
import io.github.tieredjcache.internal.codec.Samples.Generic;
import io.github.tieredjcache.internal.codec.Samples.Holder;
import io.github.tieredjcache.internal.codec.Samples.Identifier;
import io.github.tieredjcache.internal.codec.Samples.Narrow;
import io.github.tieredjcache.internal.codec.Samples.Point;
import io.github.tieredjcache.internal.codec.Samples.Rebuilt;
import io.github.tieredjcache.internal.codec.Samples.ShopException;
import io.github.tieredjcache.internal.codec.Samples.TaggedList;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import java.lang.management.ManagementFactory;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bytes from outside yield a value or one exception, load only allowed classes, and their cost is bounded by their
 * length. {@code -Dmutations} sets the number of mutations.
 */
class HostileBytesTest {
    private static final byte[] KEY = {'k'};
    private static final int MUTATIONS = Integer.getInteger("mutations", 40_000);
    private static final int HEAD_BYTES = HostileEntry.HEAD_BYTES;

    private final Codecs codecs = new Codecs(HostileBytesTest.class.getClassLoader());
    private final ValueCodec<Object> codec = codecs.values(Object.class, rules(Samples.class));

    private static CodecRules rules(Class<?> valueType, String... allowed) {
        return new CodecRules(String.class, valueType, List.of(allowed), 1_024, 1 << 20);
    }

    private static List<Object> samples() {
        Map<Object, Object> nested = new HashMap<>();
        nested.put(new Point(1, 2), new TreeMap<>(Map.of("a", List.of(1, 2L, "three"))));
        nested.put("array", new int[] {1, 2, 3});
        TaggedList tagged = new TaggedList();
        tagged.add("x");
        return List.of(
                Entity.sample(),
                nested,
                new ArrayList<>(List.of(new Basket("o", List.of("i"), Optional.empty()), Set.of(1, 2), "text")),
                new Object[] {new Holder(new Narrow()), new String[] {"s"}, tagged},
                new ShopException("m", 1, new RuntimeException()),
                new Rebuilt("r"));
    }

    @Test
    @Covers(FaultRow.F59)
    void noMutationPassesTheChecksum() {
        Random random = new Random(1);
        List<byte[]> encoded =
                samples().stream().map(sample -> codec.encode(KEY, sample)).toList();
        for (int i = 0; i < MUTATIONS / 2; i++) {
            byte[] bytes = encoded.get(i % encoded.size());
            byte[] mutated = mutate(bytes, random, 0);
            if (!Arrays.equals(bytes, mutated)) {
                assertThrows(UndecodableException.class, () -> codec.decode(KEY, mutated, 0));
            }
        }
    }

    @Test
    @Covers(FaultRow.F59)
    void aMutationWithAGoodChecksumIsAValueOrUndecodableAndCostsLittle() throws Exception {
        Random random = new Random(2);
        List<byte[]> encoded =
                samples().stream().map(sample -> codec.encode(KEY, sample)).toList();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Map<UndecodableReason, Integer> misses = new EnumMap<>(UndecodableReason.class);
        int values = 0;
        long allocatedMost = 0;
        for (int i = 0; i < MUTATIONS / 2; i++) {
            byte[] mutated = withChecksum(mutate(encoded.get(i % encoded.size()), random, HEAD_BYTES));
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                assertNotNull(codec.decode(KEY, mutated, 0));
                values++;
            } catch (UndecodableException e) {
                misses.merge(e.reason(), 1, Integer::sum);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < 2_000_000, "mutation " + i + " allocated " + allocated);
            allocatedMost = Math.max(allocatedMost, allocated);
        }
        System.out.printf(
                "%d mutations with a good checksum: %d values, misses %s, %d bytes allocated at most%n",
                MUTATIONS / 2, values, misses, allocatedMost);
        assertTrue(values < MUTATIONS / 4, values + " mutations were values");
        // Failures of sessions did not damage the pool.
        for (Object sample : samples()) {
            assertNotNull(codec.decode(KEY, codec.encode(KEY, sample), 0));
        }
    }

    private static byte[] mutate(byte[] bytes, Random random, int from) {
        int length = random.nextInt(4) == 0 ? from + random.nextInt(bytes.length - from) : bytes.length;
        byte[] mutated = Arrays.copyOf(bytes, length);
        for (int n = random.nextInt(4); n >= 0 && length > from; n--) {
            int at = from + random.nextInt(length - from);
            switch (random.nextInt(3)) {
                case 0 -> mutated[at] = (byte) random.nextInt();
                case 1 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                default -> mutated[at] = (byte) -1;
            }
        }
        return mutated;
    }

    private static byte[] withChecksum(byte[] entry) {
        return HostileEntry.withChecksum(KEY, entry);
    }

    private static byte[] entry(int... payload) {
        byte[] bytes = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            bytes[i] = (byte) payload[i];
        }
        return HostileEntry.around(KEY, bytes, 0);
    }

    private UndecodableReason reason(byte[] entry) {
        return assertThrows(UndecodableException.class, () -> codec.decode(KEY, entry, 0))
                .reason();
    }

    @Test
    @Covers(FaultRow.F59)
    void unknownHeadersAreMissesOfReasonFormat() {
        byte[] good = codec.encode(KEY, "x");
        byte[] version = good.clone();
        version[0] = 2;
        assertEquals(UndecodableReason.FORMAT, reason(version));
        byte[] flags = good.clone();
        flags[1] = 8;
        assertEquals(UndecodableReason.FORMAT, reason(flags));
        assertEquals(UndecodableReason.FORMAT, reason(new byte[0]));
        assertEquals(UndecodableReason.FORMAT, reason(Arrays.copyOf(good, 5)));
        assertEquals(UndecodableReason.CHECKSUM, reason(Arrays.copyOf(good, good.length - 1)));
        assertEquals(UndecodableReason.LIMIT, reason(Arrays.copyOf(good, 2 << 20)));
    }

    @Test
    void anEntryUnderAnotherKeyIsUndecodable() {
        byte[] bytes = codec.encode(KEY, "x");
        UndecodableException e =
                assertThrows(UndecodableException.class, () -> codec.decode(new byte[] {'l'}, bytes, 0));
        assertEquals(UndecodableReason.CHECKSUM, e.reason());
    }

    @Test
    void forgedLengthsAllocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int type : new int[] {0, 10, 35, 60, 62, 64, 65, 80, 90, 100, 130, 140, 143, 157, 158}) {
            // The type, a first reference, and a length of 2^31 - 1 in two encodings.
            byte[] referenced = entry(type + 2, 1, 0xff, 0xff, 0xff, 0xff, 7);
            byte[] plain = entry(type + 2, 0xff, 0xff, 0xff, 0xff, 7);
            long before = threads.getCurrentThreadAllocatedBytes();
            assertThrows(UndecodableException.class, () -> codec.decode(KEY, referenced, 0));
            assertThrows(UndecodableException.class, () -> codec.decode(KEY, plain, 0));
            assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 500_000, "type " + type);
        }
    }

    @Test
    void trailingBytesAndANullValueAreDamage() {
        byte[] good = codec.encode(KEY, "x");
        assertEquals(UndecodableReason.DAMAGED, reason(withChecksum(Arrays.copyOf(good, good.length + 1))));
        assertEquals(UndecodableReason.DAMAGED, reason(entry(0)));
        assertEquals(UndecodableReason.DAMAGED, reason(entry(79 + 2)));
        assertEquals(UndecodableReason.DAMAGED, reason(entry(1, 5)));
        assertEquals(UndecodableReason.DAMAGED, reason(entry(82, 9)));
    }

    @Test
    void tooManyLevelsAreMissesOfReasonLimit() {
        int[] deep = new int[3_000];
        for (int i = 0; i < deep.length; i += 3) {
            deep[i] = 82;
            deep[i + 1] = 1;
            deep[i + 2] = 1;
        }
        assertEquals(UndecodableReason.LIMIT, reason(entry(deep)));
    }

    @Test
    void anObjectOfAnotherClassInAFieldIsDamage() {
        byte[] bytes = codec.encode(KEY, new Narrow());
        byte[] swapped =
                replace(bytes, Identifier.class.getName(), "io.github.tieredjcache.internal.codec.Samples$Identifiex");
        assertEquals(UndecodableReason.CLASS_CHANGED, reason(withChecksum(swapped)));
        byte[] holder = codec.encode(KEY, new Holder(new Circle(1)));
        byte[] unknown =
                replace(holder, Circle.class.getName(), "io.github.tieredjcache.internal.codec.Samples$Square");
        assertEquals(UndecodableReason.CLASS_CHANGED, reason(withChecksum(unknown)));
        // The class number of the field becomes that of String, but the field is an Identifier.
        int field = bytes.length;
        byte[] text = Arrays.copyOf(bytes, field);
        int named = indexOf(text, Identifier.class.getName()) - 4;
        byte[] cut = Arrays.copyOf(text, named + 2);
        cut[named] = 2;
        cut[named + 1] = 0;
        assertThrows(UndecodableException.class, () -> codec.decode(KEY, withChecksum(cut), 0));
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    }

    private static byte[] replace(byte[] bytes, String from, String to) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertTrue(text.contains(from));
        char head = (char) (((from.length() << 2) & 0x7f) | 0x80);
        char newHead = (char) (((to.length() << 2) & 0x7f) | 0x80);
        return text.replace(
                        head + "" + (char) (from.length() >> 5) + from, newHead + "" + (char) (to.length() >> 5) + to)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Records the names of the classes that are looked up. */
    private static final class Recording extends ClassLoader {
        private final Set<String> lookedUp = ConcurrentHashMap.newKeySet();

        Recording() {
            super(HostileBytesTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            lookedUp.add(name);
            return super.loadClass(name, resolve);
        }
    }

    @Test
    @Covers({FaultRow.F58, FaultRow.F104})
    void aClassThatIsNotAllowedIsNeverLoaded() {
        Recording loader = new Recording();
        try (Codecs other = new Codecs(loader)) {
            ValueCodec<Object> strict = other.values(Object.class, rules(Object.class));
            ValueCodec<Object> some = other.values(Object.class, rules(Object.class, Point.class.getName()));
            for (Object value : List.of(
                    new Point(1, 2),
                    new Point[] {new Point(1, 2)},
                    new Rebuilt("x"),
                    new ShopException("m", 1, null),
                    new Holder(new Point(1, 1)),
                    Samples.Colour.RED)) {
                byte[] bytes = codec.encode(KEY, value);
                UndecodableException e = assertThrows(UndecodableException.class, () -> strict.decode(KEY, bytes, 0));
                assertEquals(
                        UndecodableReason.CLASS_NOT_ALLOWED,
                        e.reason(),
                        value.getClass().getName());
            }
            assertEquals(Set.of(), loader.lookedUp);
            byte[] point = codec.encode(KEY, new Point(1, 2));
            assertEquals(new Point(1, 2), assertDecodes(some, point));
            assertEquals(Set.of(Point.class.getName()), loader.lookedUp);
        }
    }

    @Test
    @Covers(FaultRow.F104)
    void aClassThatIsNotAllowedIsNotLoadedFromAJavaSectionEither() {
        Recording loader = new Recording();
        try (Codecs other = new Codecs(loader)) {
            ValueCodec<Object> some = other.values(Object.class, rules(Object.class, TaggedList.class.getName()));
            TaggedList list = new TaggedList();
            @SuppressWarnings({"unchecked", "rawtypes"})
            List<Object> raw = (List) list;
            raw.add(new Rebuilt("x"));
            UndecodableException e =
                    assertThrows(UndecodableException.class, () -> some.decode(KEY, codec.encode(KEY, list), 0));
            assertEquals(UndecodableReason.CLASS_NOT_ALLOWED, e.reason());
            assertFalse(loader.lookedUp.contains(Rebuilt.class.getName()));
            assertThrows(CacheException.class, () -> some.encode(KEY, list));
        }
    }

    private static Object assertDecodes(ValueCodec<Object> codec, byte[] bytes) {
        try {
            return codec.decode(KEY, bytes, 0);
        } catch (UndecodableException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aClassThatMayNotBeReadIsRefusedWhenItIsWritten() {
        ValueCodec<Object> strict = codecs.values(Object.class, rules(Object.class));
        for (Object value : List.of(new Generic<>(1), List.of(new Generic<>(1)), new Generic<?>[0])) {
            CacheException e = assertThrows(CacheException.class, () -> strict.encode(KEY, value));
            assertTrue(e.getMessage().contains(Generic.class.getName()), e.getMessage());
            assertTrue(e.getMessage().contains("tiered-jcache.codec.allowed"), e.getMessage());
            assertTrue(e.getMessage().contains("io.github.tieredjcache.internal.codec.*"), e.getMessage());
        }
    }

    @Test
    void aClassThatTheManagersLoaderDoesNotFindIsRefused(@TempDir Path folder) throws Exception {
        try (URLClassLoader own = Versions.load(folder, "public class Order { }");
                URLClassLoader twin = Versions.load(folder, "public class Order { }");
                Codecs twins = new Codecs(twin)) {
            Object order = own.loadClass("Order").getConstructor().newInstance();
            CodecRules rules = rules(order.getClass());
            CacheException hidden = assertThrows(
                    CacheException.class,
                    () -> codecs.values(Object.class, rules).encode(KEY, order));
            assertTrue(hidden.getMessage().contains("not visible"), hidden.getMessage());
            CacheException other = assertThrows(
                    CacheException.class,
                    () -> twins.values(Object.class, rules).encode(KEY, order));
            assertTrue(other.getMessage().contains("not the class of that name"), other.getMessage());
        }
    }

    @Test
    void patternsAllowAClassAPackageOrATree() {
        Point point = new Point(1, 2);
        for (String pattern :
                List.of(Point.class.getName(), "io.github.tieredjcache.internal.codec.*", "io.github.**")) {
            assertNotNull(
                    codecs.values(Object.class, rules(Object.class, pattern)).encode(KEY, point));
        }
        for (String pattern : List.of(
                "io.github.tieredjcache.internal.*", "io.github.tieredjcache.internal.codec.Samples", "io.github.*")) {
            assertThrows(
                    CacheException.class,
                    () -> codecs.values(Object.class, rules(Object.class, pattern))
                            .encode(KEY, point));
        }
        for (String wrong : List.of("", "*", "**", ".**", "com.*.x", "com..x", "com.", "1a", "a b", "com.shop.***")) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> rules(Object.class, wrong));
            assertTrue(e.getMessage().contains("'" + wrong + "'"), e.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> new CodecRules(Object.class, Object.class, List.of(), 0, 1));
        assertThrows(
                IllegalArgumentException.class, () -> new CodecRules(Object.class, Object.class, List.of(), 1, -1));
    }

    @Test
    void aRootOfAnotherTypeIsAMissOfReasonClassChanged() {
        ValueCodec<String> texts = codecs.values(String.class, rules(String.class));
        UndecodableException e =
                assertThrows(UndecodableException.class, () -> texts.decode(KEY, codec.encode(KEY, 1), 0));
        assertEquals(UndecodableReason.CLASS_CHANGED, e.reason());
    }

    @Test
    @Covers(FaultRow.F51)
    void aValueOverTheLimitIsRefusedWithTheSetting() {
        for (Object large : List.of(
                "x".repeat(2 << 20), new byte[2 << 20], new ArrayList<>(java.util.Collections.nCopies(2 << 20, 1)))) {
            CacheException e = assertThrows(CacheException.class, () -> codec.encode(KEY, large));
            assertTrue(e.getMessage().contains("tiered-jcache.codec.maximum-value-size"), e.getMessage());
            assertTrue(e.getMessage().contains("1048576"), e.getMessage());
        }
        byte[] exact = codec.encode(KEY, new byte[(1 << 20) - 5]);
        assertEquals((1 << 20) + HEAD_BYTES, exact.length);
        assertThrows(CacheException.class, () -> codec.encode(KEY, new byte[(1 << 20) - 4]));
        assertArrayEquals(new byte[(1 << 20) - 5], (byte[]) assertDecodes(codec, exact));
    }

    @Test
    void nestedSharedSetsDoNotCostExponentialTime() {
        // Each level holds the level below twice. If a reference could express that, each level would double the time
        // to hash.
        List<Object> level = new ArrayList<>(List.of("x"));
        for (int i = 0; i < 12; i++) {
            level = new ArrayList<>(List.of(level, level));
        }
        byte[] shared = codec.encode(KEY, level);
        byte[] key = codec.encode(KEY, new HashSet<>(List.of(level)));
        assertTrue(shared.length < 100, shared.length + " bytes");
        assertTrue(key.length > 1 << 12, key.length + " bytes");
        assertEquals(new HashSet<>(List.of(level)), assertDecodes(codec, key));
        assertEquals(UndecodableReason.DAMAGED, reason(entry(92, 1, 1, 82, 2, 82, 1, 0, 82, 3)));
    }
}
