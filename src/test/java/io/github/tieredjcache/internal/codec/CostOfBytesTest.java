package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.esotericsoftware.kryo.io.Output;
import com.sun.management.ThreadMXBean;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.api.ValueOptions;
import io.github.tieredjcache.internal.codec.graph.Budget;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.TimeUnit;
import javax.cache.CacheException;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The length of an entry bounds the steps and the memory to read it. The timeout only ends a test that would hang.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CostOfBytesTest {
    private static final byte[] KEY = {'k'};
    private static final int LIST = 82;
    private static final int HASH_SET = 92;
    private static final int COPY_ON_WRITE_SET = 94;
    private static final int SET_OF = 142;

    private final Codecs codecs = new Codecs(getClass().getClassLoader());
    private final ValueCodec<Object> codec = codecs.values(Object.class, rules());
    private final ValueCodec<Object> compressing =
            codecs.values(Object.class, rules(), new ValueOptions<>(null, 1_000, null));

    private static CodecRules rules() {
        return new CodecRules(String.class, Samples.class, List.of(), 1_024, 16 << 20);
    }

    /** Hashes all its fields, as Lombok's classes do. */
    @SuppressWarnings("InconsistentHashCode") // the test needs only its hash code
    static final class Tree {
        Object left;
        Object right;
        Tree parent;
        Tree origin;

        Tree(Object left, Object right) {
            this.left = left;
            this.right = right;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Tree that && Objects.equals(left, that.left) && Objects.equals(right, that.right);
        }

        @Override
        public int hashCode() {
            Counted.calls++;
            return 31 * Objects.hashCode(left)
                    + Objects.hashCode(right)
                    + Objects.hashCode(parent)
                    + 7 * Objects.hashCode(origin);
        }
    }

    @BeforeEach
    void resetsTheCounter() {
        Counted.calls = 0;
    }

    private static Tree tree(int levels) {
        Tree tree = new Tree("a", "b");
        for (int i = 0; i < levels; i++) {
            tree = new Tree(tree, tree);
        }
        return tree;
    }

    private UndecodableReason reason(byte[] entry) {
        return assertThrows(UndecodableException.class, () -> codec.decode(KEY, entry, 0))
                .reason();
    }

    private static void assertStepsWithinLimit(byte[] entry) {
        long most = Budget.FREE_STEPS + (long) Budget.STEPS_A_BYTE * entry.length;
        assertTrue(Counted.calls <= 2 * most, Counted.calls + " calls for " + entry.length + " bytes");
    }

    /** Returns the entry of a list with the type number of another container. */
    private byte[] as(int container, Object... elements) {
        byte[] payload = HostileEntry.payload(codec.encode(KEY, new ArrayList<>(Arrays.asList(elements))));
        Output output = new Output(payload.length + 1);
        output.writeVarInt(container, true);
        output.writeBytes(payload, 1, payload.length - 1);
        return HostileEntry.around(KEY, output.toBytes(), 0);
    }

    @Test
    void aTreeOfSharedPartsAsAKeyIsLimited() {
        byte[] entry = as(HASH_SET, tree(100));
        assertTrue(entry.length < 1_000, entry.length + " bytes");
        assertEquals(UndecodableReason.LIMIT, reason(entry));
        assertStepsWithinLimit(entry);
    }

    @Test
    void aTreeThatIsReadBeforeItIsAKeyIsLimited() {
        Tree tree = tree(100);
        List<Object> both = new ArrayList<>(List.of(tree, new ArrayList<>(List.of(tree))));
        byte[] payload = HostileEntry.payload(codec.encode(KEY, both));
        byte[] entry = withSetAtTheEnd(payload);
        assertEquals(UndecodableReason.LIMIT, reason(entry));
        assertStepsWithinLimit(entry);
    }

    /** Changes the last list of one reference in a payload to a set. */
    private static byte[] withSetAtTheEnd(byte[] payload) {
        byte[] changed = payload.clone();
        int at = payload.length - 1;
        while (payload[at] != LIST || payload[at + 1] != 1 || payload[at + 2] != 1) {
            at--;
        }
        changed[at] = HASH_SET;
        return HostileEntry.around(KEY, changed, 0);
    }

    @Test
    void keysThatReferToIncompleteObjectsAreLimited() {
        Tree top = new Tree(null, null);
        Tree last = top;
        for (int i = 0; i < 100; i++) {
            Tree next = new Tree(null, null);
            next.parent = last;
            next.origin = last;
            last.right = new Object[] {next};
            last = next;
        }
        last.right = new ArrayList<>(List.of(last));
        byte[] entry = withSetAtTheEnd(HostileEntry.payload(codec.encode(KEY, top)));
        assertEquals(UndecodableReason.LIMIT, reason(entry));
        assertStepsWithinLimit(entry);
    }

    @Test
    void aPutThatNoReaderWouldAcceptIsRefused() {
        Set<Object> set = new HashSet<>();
        set.add(tree(18));
        CacheException refused = assertThrows(CacheException.class, () -> codec.encode(KEY, set));
        assertTrue(refused.getMessage().contains("keys share parts"), refused.getMessage());
    }

    @Test
    void sharedPartsOutsideOfKeysAreFree() throws Exception {
        Tree read = (Tree) codec.decode(KEY, codec.encode(KEY, tree(300)), 0);
        assertSame(read.left, read.right);
        Set<Object> few = new HashSet<>(List.of(tree(10), new Tree(1, 2)));
        assertEquals(few, codec.decode(KEY, codec.encode(KEY, few), 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {HASH_SET, SET_OF})
    void tooManyKeysOfOneHashCodeAreRefused(int container) {
        Object[] keys = new Object[20_000];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = new Counted(i, 7);
        }
        byte[] entry = as(container, keys);
        assertEquals(UndecodableReason.LIMIT, reason(entry));
        assertStepsWithinLimit(entry);
    }

    @Test
    void tooManyListsOfOneHashCodeAreRefused() {
        Output output = new Output(1_000, -1);
        output.writeByte(HASH_SET);
        output.writeByte(1);
        int lists = 30_000;
        output.writeVarInt(lists, true);
        byte[] number = HostileEntry.payload(codec.encode(KEY, 1));
        for (int i = 0; i < lists; i++) {
            output.writeByte(LIST);
            output.writeVarInt(2, true);
            output.writeByte(number[0]);
            output.writeVarInt(i, false);
            output.writeByte(number[0]);
            output.writeVarInt(-31 * i, false);
        }
        byte[] entry = HostileEntry.around(KEY, output.toBytes(), 0);
        assertTrue(entry.length < 400_000, entry.length + " bytes");
        assertEquals(UndecodableReason.LIMIT, reason(entry));
    }

    @Test
    @SuppressWarnings("JdkObsolete") // users store obsolete collections, too
    void mapsWithTooManyKeysOfOneHashCodeAreRefused() {
        Map<Object, Object> map = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            map.put(new Counted(i, 7), i);
        }
        Counted.calls = 0;
        assertThrows(CacheException.class, () -> codec.encode(KEY, map));
        assertThrows(CacheException.class, () -> codec.encode(KEY, Map.copyOf(map)));
        assertThrows(CacheException.class, () -> codec.encode(KEY, new Hashtable<>(map)));
    }

    @Test
    void tenThousandOrdinaryKeysAreAccepted() throws Exception {
        Map<Object, Object> map = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            for (int j = 0; j < 100; j++) {
                map.put(new Samples.Point(i, j), Set.of((long) i << 32 | j, new Samples.Point(j, i)));
            }
        }
        assertEquals(map, codec.decode(KEY, codec.encode(KEY, map), 0));
    }

    @Test
    void comparisonsOfACopyOnWriteSetAreLimitedByItsBytes() throws Exception {
        List<Object> given = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            given.add(new Counted(i, i));
        }
        byte[] entry = as(COPY_ON_WRITE_SET, given.toArray());
        assertEquals(UndecodableReason.LIMIT, reason(entry));
        assertEquals(0, Counted.calls);
        List<Object> some = given.subList(0, 1_500);
        Set<?> set = (Set<?>) codec.decode(KEY, as(COPY_ON_WRITE_SET, some.toArray()), 0);
        assertEquals(some, new ArrayList<>(set));
        assertEquals(set, codec.decode(KEY, codec.encode(KEY, set), 0));
        CacheException refused =
                assertThrows(CacheException.class, () -> codec.encode(KEY, new CopyOnWriteArraySet<>(given)));
        assertTrue(refused.getMessage().contains("steps"), refused.getMessage());
    }

    @Test
    void partsOfCompressedBytesAreLimited() {
        int nulls = 8_000_000;
        Output output = new Output(nulls + 16);
        output.writeByte(LIST);
        output.writeByte(1);
        output.writeVarInt(nulls, true);
        output.writeBytes(new byte[nulls]);
        assertEquals(UndecodableReason.LIMIT, assertCostsItsBytes(bomb(output.toBytes())));
    }

    @Test
    void partsOfCompressedSectionsAreLimited() {
        List<Object> sets = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            sets.add(new HashSet<>(0));
        }
        byte[] section = ForgedSection.section(sets);
        byte[] entry = ForgedSection.withSection(codec, KEY, new Samples.ShopException("m", 1, null), section);
        assertEquals(UndecodableReason.LIMIT, assertCostsItsBytes(bomb(HostileEntry.payload(entry))));
    }

    private static byte[] bomb(byte[] payload) {
        byte[] block = LZ4Factory.safeInstance().fastCompressor().compress(payload);
        byte[] entry = ByteBuffer.allocate(HostileEntry.HEAD_BYTES + Integer.BYTES + block.length)
                .put((byte) 1)
                .put((byte) 1)
                .putInt(0)
                .putInt(payload.length)
                .put(block)
                .array();
        return HostileEntry.withChecksum(KEY, entry);
    }

    private UndecodableReason assertCostsItsBytes(byte[] bomb) {
        assertTrue(bomb.length < 64_000, bomb.length + " bytes");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        UndecodableReason reason = reason(bomb);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        System.out.printf("a bomb of %d bytes allocated %d bytes%n", bomb.length, allocated);
        // The decompressed bytes, and the memory of the parts that the limit allows.
        assertTrue(allocated < (255L + 256 * Budget.PARTS_A_BYTE) * bomb.length, "allocated " + allocated);
        return reason;
    }

    @Test
    void aValueOfTooManyPartsIsNotCompressed() throws Exception {
        List<Object> nulls = new ArrayList<>(java.util.Collections.nCopies(1_000_000, null));
        byte[] entry = compressing.encode(KEY, nulls);
        assertEquals(0, entry[1]);
        assertEquals(nulls, codec.decode(KEY, entry, 0));
        byte[] zeros = compressing.encode(KEY, new byte[1_000_000]);
        assertTrue(zeros.length < 5_000, zeros.length + " bytes");
        assertNotNull(codec.decode(KEY, zeros, 0));
    }

    /** Has as many constants as an enum of currencies. */
    enum Wide {
        V00,
        V01,
        V02,
        V03,
        V04,
        V05,
        V06,
        V07,
        V08,
        V09,
        V0A,
        V0B,
        V0C,
        V0D,
        V0E,
        V0F,
        V10,
        V11,
        V12,
        V13,
        V14,
        V15,
        V16,
        V17,
        V18,
        V19,
        V1A,
        V1B,
        V1C,
        V1D,
        V1E,
        V1F,
        V20,
        V21,
        V22,
        V23,
        V24,
        V25,
        V26,
        V27,
        V28,
        V29,
        V2A,
        V2B,
        V2C,
        V2D,
        V2E,
        V2F,
        V30,
        V31,
        V32,
        V33,
        V34,
        V35,
        V36,
        V37,
        V38,
        V39,
        V3A,
        V3B,
        V3C,
        V3D,
        V3E,
        V3F,
        V40,
        V41,
        V42,
        V43,
        V44,
        V45,
        V46,
        V47,
        V48,
        V49,
        V4A,
        V4B,
        V4C,
        V4D,
        V4E,
        V4F,
        V50,
        V51,
        V52,
        V53,
        V54,
        V55,
        V56,
        V57,
        V58,
        V59,
        V5A,
        V5B,
        V5C,
        V5D,
        V5E,
        V5F,
        V60,
        V61,
        V62,
        V63,
        V64,
        V65,
        V66,
        V67,
        V68,
        V69,
        V6A,
        V6B,
        V6C,
        V6D,
        V6E,
        V6F,
        V70,
        V71,
        V72,
        V73,
        V74,
        V75,
        V76,
        V77,
        V78,
        V79,
        V7A,
        V7B,
        V7C,
        V7D,
        V7E,
        V7F,
        V80,
        V81,
        V82,
        V83,
        V84,
        V85,
        V86,
        V87,
        V88,
        V89,
        V8A,
        V8B,
        V8C,
        V8D,
        V8E,
        V8F,
        V90,
        V91,
        V92,
        V93,
        V94,
        V95,
        V96,
        V97,
        V98,
        V99,
        V9A,
        V9B,
        V9C,
        V9D,
        V9E,
        V9F,
        VA0,
        VA1,
        VA2,
        VA3,
        VA4,
        VA5,
        VA6,
        VA7,
        VA8,
        VA9,
        VAA,
        VAB,
        VAC,
        VAD,
        VAE,
        VAF,
        VB0,
        VB1,
        VB2,
        VB3,
        VB4,
        VB5,
        VB6,
        VB7,
        VB8,
        VB9,
        VBA,
        VBB,
        VBC,
        VBD,
        VBE,
        VBF,
        VC0,
        VC1,
        VC2,
        VC3,
        VC4,
        VC5,
        VC6,
        VC7,
        VC8,
        VC9,
        VCA,
        VCB,
        VCC,
        VCD,
        VCE,
        VCF,
        VD0,
        VD1,
        VD2,
        VD3,
        VD4,
        VD5,
        VD6,
        VD7,
        VD8,
        VD9,
        VDA,
        VDB,
        VDC,
        VDD,
        VDE,
        VDF,
        VE0,
        VE1,
        VE2,
        VE3,
        VE4,
        VE5,
        VE6,
        VE7,
        VE8,
        VE9,
        VEA,
        VEB,
        VEC,
        VED,
        VEE,
        VEF,
        VF0,
        VF1,
        VF2,
        VF3,
        VF4,
        VF5,
        VF6,
        VF7,
        VF8,
        VF9,
        VFA,
        VFB,
        VFC,
        VFD,
        VFE,
        VFF
    }

    @Test
    void memoryOfEmptyEnumMapsIsLimitedByTheirBytes() throws Exception {
        byte[] payload = HostileEntry.payload(
                codec.encode(KEY, new ArrayList<>(List.of(new EnumMap<>(Wide.class), new EnumMap<>(Wide.class)))));
        int chunk = 6;
        int maps = 100_000;
        Output output = new Output(payload.length + chunk * maps, -1);
        output.writeBytes(payload, 0, 2);
        output.writeVarInt(2 + maps, true);
        output.writeBytes(payload, 3, payload.length - 3);
        for (int i = 0; i < maps; i++) {
            output.writeBytes(payload, payload.length - chunk, chunk);
        }
        byte[] entry = HostileEntry.around(KEY, output.toBytes(), 0);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertEquals(UndecodableReason.LIMIT, reason(entry));
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 128L * entry.length, allocated + " bytes for " + entry.length);
    }

    @Test
    void deeplyNestedSetsWithoutSharedPartsAreFree() throws Exception {
        Set<Object> level = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            Set<Object> next = new HashSet<>();
            next.add(level);
            for (int j = 0; j < 40; j++) {
                next.add(j);
            }
            level = next;
        }
        assertEquals(level, codec.decode(KEY, codec.encode(KEY, level), 0));
    }
}
