package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.Samples.ShopException;
import io.github.tieredjcache.internal.codec.Samples.TaggedList;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.graph.Budget;
import io.github.tieredjcache.internal.codec.graph.DescriptorFactory;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectStreamConstants;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The length of a Java section bounds the cost of reading it. The timeout only ends a test that would hang. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SectionCostTest {
    private static final byte[] KEY = {'k'};
    private static final int WIDTH = 6;
    private static final int LEVELS = 9;

    private final Codecs codecs = new Codecs(getClass().getClassLoader());
    private final ValueCodec<Object> codec = codecs.values(Object.class, rules(Samples.class));

    private static CodecRules rules(Class<?> valueType) {
        return new CodecRules(String.class, valueType, List.of(), 1_024, 8 << 20);
    }

    @BeforeEach
    void resetsTheCounter() {
        Counted.calls = 0;
    }

    private UndecodableException refusal(ValueCodec<?> reader, byte[] entry) {
        return assertThrows(UndecodableException.class, () -> reader.decode(KEY, entry, 0));
    }

    private static void assertStepsWithinLimit(byte[] entry) {
        long most = Budget.FREE_STEPS + (long) Budget.STEPS_A_BYTE * entry.length;
        // A step computes at most one hash code, and each hash code is computed at most twice.
        assertTrue(Counted.calls <= 2 * most, Counted.calls + " calls for " + entry.length + " bytes");
    }

    @Test
    void aSectionHoldsExactlyTheClassThatWasNamed() {
        byte[] entry = ForgedSection.entry(codec, KEY, new ShopException("m", 1, null), new HashSet<>(List.of("x")));
        UndecodableException refusal = refusal(codec, entry);
        assertEquals(UndecodableReason.DAMAGED, refusal.reason());
        assertTrue(refusal.getMessage().contains(ShopException.class.getName()), refusal.getMessage());
    }

    /** The original attack: six sets on each level, and each of them holds all sets of the level below. */
    @Test
    void nestedSharedSetsDoNotHangACacheOfStrings() {
        ValueCodec<String> strings = codecs.values(String.class, rules(String.class));
        List<Object> level = List.of("a", "b", "c", "d", "e", "f");
        for (int i = 0; i < 29; i++) {
            List<Object> next = new ArrayList<>();
            for (int j = 0; j < WIDTH; j++) {
                Set<Object> set = new HashSet<>(Set.of(j));
                level.forEach(below -> set.add(new ForgedSection.Placeholder(below)));
                next.add(set);
            }
            level = next;
        }
        byte[] entry = ForgedSection.entry(
                codec,
                KEY,
                new IllegalStateException("m"),
                new HashSet<>(Set.of(
                        new ForgedSection.Placeholder(level.get(0)), new ForgedSection.Placeholder(level.get(1)))));
        assertTrue(entry.length < 12_000, entry.length + " bytes");
        assertEquals(UndecodableReason.LIMIT, refusal(strings, entry).reason());
    }

    @SuppressWarnings("JdkObsolete") // users store obsolete collections, too
    static Stream<Arguments> hashing() {
        return Stream.of(
                container("HashSet", HashSet::new),
                container("LinkedHashSet", LinkedHashSet::new),
                container("a list in a HashSet", parts -> new HashSet<>(List.of(new ArrayList<>(parts)))),
                container("HashMap", parts -> map(new HashMap<>(), parts)),
                container("Hashtable", parts -> map(new Hashtable<>(), parts)),
                container("ConcurrentHashMap", parts -> map(new ConcurrentHashMap<>(), parts)),
                container("a record", parts -> new Pair(parts.get(0), new HashSet<>(parts))));
    }

    record Pair(Object left, Object right) implements Serializable {}

    private static Arguments container(String name, Function<List<Object>, Object> maker) {
        return Arguments.of(name, maker);
    }

    private static Map<Object, Object> map(Map<Object, Object> map, List<Object> keys) {
        keys.forEach(key -> map.put(key, "v"));
        return map;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hashing")
    void keysWithSharedPartsAreLimited(String name, Function<List<Object>, Object> maker) {
        Object level = new Counted(1, 1);
        for (int i = 0; i < LEVELS; i++) {
            level = maker.apply(distinctParts(level));
        }
        byte[] entry = ForgedSection.entry(codec, KEY, new TaggedList(), listOf(level));
        Counted.calls = 0;
        UndecodableException refusal = refusal(codec, entry);
        assertEquals(UndecodableReason.LIMIT, refusal.reason(), refusal.getMessage());
        assertStepsWithinLimit(entry);
    }

    /** Returns unequal lists that all hold the same object. */
    private static List<Object> distinctParts(Object shared) {
        List<Object> parts = new ArrayList<>();
        for (int i = 0; i < WIDTH; i++) {
            parts.add(new ArrayList<>(List.of(i, new ForgedSection.Placeholder(shared))));
        }
        return parts;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static TaggedList listOf(Object... elements) {
        TaggedList list = new TaggedList();
        ((List) list).addAll(List.of(elements));
        return list;
    }

    /** A list that refers to the incomplete lists around it, and holds the next one. */
    static final class Level extends ArrayList<Object> {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial") // the test chooses the content
        Object next;

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            Counted.calls++;
            return super.hashCode();
        }
    }

    @Test
    void keysThatReferToEnclosingObjectsAreLimited() {
        Level top = new Level();
        Level last = top;
        for (int i = 0; i < 26; i++) {
            Level level = new Level();
            level.addAll(ForgedSection.placeholders(4, last));
            last.next = level;
            last = level;
        }
        last.next = new HashSet<>(ForgedSection.placeholders(1, last));
        byte[] entry = ForgedSection.entry(codec, KEY, new Level(), top);
        Counted.calls = 0;
        assertEquals(UndecodableReason.LIMIT, refusal(codec, entry).reason());
        assertStepsWithinLimit(entry);
    }

    @Test
    void tooManyKeysOfOneHashCodeAreRefused() {
        Collection<Object> same = new HashSet<>();
        for (int i = 0; i < 3_000; i++) {
            same.add(new Counted(i, 7));
        }
        byte[] entry = ForgedSection.entry(codec, KEY, new TaggedList(), listOf(same));
        Counted.calls = 0;
        assertEquals(UndecodableReason.LIMIT, refusal(codec, entry).reason());
        assertStepsWithinLimit(entry);
    }

    /** Newer Java runtimes compare the elements when they read the set. */
    @Test
    void comparisonsOfACopyOnWriteSetAreLimitedByItsBytes() {
        Object[] elements = new Object[9_000];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = new Counted(i, i);
        }
        Object list = listOf(new CopyOnWriteArraySet<>(List.of(elements)));
        byte[] entry = ForgedSection.entry(codec, KEY, new TaggedList(), list);
        Counted.calls = 0;
        assertEquals(UndecodableReason.LIMIT, refusal(codec, entry).reason());
        assertStepsWithinLimit(entry);
    }

    @Test
    void sharedPartsThatAreNotHashedAreFree() throws Exception {
        List<Object> level = new ArrayList<>(List.of("x"));
        for (int i = 0; i < 20; i++) {
            level = new ArrayList<>(List.of(level, level, level, level));
        }
        TaggedList list = listOf(level);
        TaggedList read = (TaggedList) codec.decode(KEY, codec.encode(KEY, list), 0);
        List<?> first = (List<?>) ((List<?>) read).get(0);
        assertSame(first.get(0), first.get(3));
    }

    @Test
    void manyKeysOfOneSectionAreAccepted() throws Exception {
        Map<Object, Object> many = new HashMap<>();
        Counted shared = new Counted(-1, 3);
        for (int i = 0; i < 20_000; i++) {
            many.put(new Pair(shared, List.of(i, "text")), new HashSet<>(List.of(i, shared)));
        }
        TaggedList list = listOf(many);
        assertEquals(list, codec.decode(KEY, codec.encode(KEY, list), 0));
    }

    @Test
    void memoryOfNestedArraysIsLimitedByTheirBytes() throws Exception {
        int bytes = 4_000_000;
        for (Supplier<byte[]> forged : List.<Supplier<byte[]>>of(
                () -> nestedLists(bytes), () -> nestedArrays(bytes), () -> emptySets(bytes))) {
            byte[] entry = ForgedSection.withSection(codec, KEY, new ShopException("m", 1, null), forged.get());
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            refusal(codec, entry);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            System.out.printf("a section of %d bytes allocated %d bytes%n", entry.length, allocated);
            assertTrue(allocated < 40L * bytes, allocated + " bytes for " + entry.length);
        }
    }

    /** Returns nested lists, each of which declares as many elements as the section has bytes. */
    private static byte[] nestedLists(int bytes) {
        return stream(out -> {
            for (int i = 0; i < 30; i++) {
                out.writeByte(ObjectStreamConstants.TC_OBJECT);
                if (i == 0) {
                    description(out, ArrayList.class, 0x7881d21d99c7619dL, 3);
                } else {
                    out.writeByte(ObjectStreamConstants.TC_REFERENCE);
                    out.writeInt(ObjectStreamConstants.baseWireHandle);
                }
                out.writeInt(bytes - 10_000);
                out.writeByte(ObjectStreamConstants.TC_BLOCKDATA);
                out.writeByte(4);
                out.writeInt(bytes - 10_000);
            }
            out.write(new byte[bytes]);
        });
    }

    private static byte[] nestedArrays(int bytes) {
        return stream(out -> {
            for (int i = 0; i < 30; i++) {
                out.writeByte(ObjectStreamConstants.TC_ARRAY);
                if (i == 0) {
                    description(out, Object[].class, 0x90ce589f1073296cL, 2);
                } else {
                    out.writeByte(ObjectStreamConstants.TC_REFERENCE);
                    out.writeInt(ObjectStreamConstants.baseWireHandle);
                }
                out.writeInt(bytes - 10_000);
            }
            out.write(new byte[bytes]);
        });
    }

    private static byte[] emptySets(int bytes) {
        List<Object> sets = new ArrayList<>();
        for (int i = 0; i < bytes / 25; i++) {
            sets.add(new HashSet<>(0));
        }
        return ForgedSection.section(sets);
    }

    private static void description(DataOutputStream out, Class<?> type, long version, int flags) throws IOException {
        out.writeByte(ObjectStreamConstants.TC_CLASSDESC);
        out.writeUTF(type.getName());
        out.writeLong(version);
        out.writeByte(flags);
        boolean hasSize = type == ArrayList.class;
        out.writeShort(hasSize ? 1 : 0);
        if (hasSize) {
            out.writeByte('I');
            out.writeUTF("size");
        }
        out.writeByte(ObjectStreamConstants.TC_BLOCKDATA);
        out.writeByte(Long.BYTES);
        out.writeLong(DescriptorFactory.all().get(type).fingerprint());
        out.writeByte(ObjectStreamConstants.TC_ENDBLOCKDATA);
        out.writeByte(ObjectStreamConstants.TC_NULL);
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] stream(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeShort(ObjectStreamConstants.STREAM_MAGIC);
            out.writeShort(ObjectStreamConstants.STREAM_VERSION);
            writing.to(out);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }
}
