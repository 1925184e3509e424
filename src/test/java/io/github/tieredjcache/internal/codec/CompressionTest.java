package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.api.ValueOptions;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

/** Compression saves room where it can, and costs a reader no more than what the limits allow, whatever the bytes say. */
class CompressionTest {
    private static final byte[] KEY = {'k'};
    private static final int LIMIT = 1 << 20;
    private static final int THRESHOLD = 4_096;
    /** Version, flags, checksum; then the length that the payload had. */
    private static final int SIZE_AT = HostileCell.HEAD_BYTES;

    private static final int BLOCK_AT = SIZE_AT + Integer.BYTES;

    private final Codecs codecs = new Codecs(getClass().getClassLoader());
    private final ValueCodec<byte[]> plain = codecs.values(byte[].class, rules());
    private final ValueCodec<byte[]> compressing = codecs.values(byte[].class, rules(), compressed());

    private static CodecRules rules() {
        return new CodecRules(String.class, byte[].class, List.of(), 100, LIMIT);
    }

    private static <V> ValueOptions<V> compressed() {
        return new ValueOptions<>(null, THRESHOLD, null);
    }

    private static byte[] noise(int length, int seed) {
        byte[] noise = new byte[length];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    /** The first of it are noise, the rest zeros. */
    private static byte[] partlyNoise(int length, int noisy) {
        byte[] value = Arrays.copyOf(noise(noisy, 1), length);
        return value;
    }

    private UndecodableReason reason(byte[] cell) {
        return assertThrows(UndecodableException.class, () -> compressing.decode(KEY, cell, 0))
                .reason();
    }

    private static byte[] withSize(byte[] cell, int size) {
        byte[] forged = cell.clone();
        ByteBuffer.wrap(forged).putInt(SIZE_AT, size);
        return HostileCell.seal(KEY, forged);
    }

    @Test
    void whatIsCompressedIsReadBackByThoseWhoDoNotCompressToo() throws Exception {
        byte[] value = partlyNoise(100_000, 10_000);
        byte[] cell = compressing.encode(KEY, value);
        assertTrue(cell.length < 11_000, "as Redis holds it: " + cell.length);
        assertArrayEquals(value, compressing.decode(KEY, cell, 0));
        assertArrayEquals(value, plain.decode(KEY, cell, 0));
        assertArrayEquals(value, compressing.decode(KEY, plain.encode(KEY, value), 0));
    }

    @Test
    void whatIsBelowTheThresholdOrSavesLessThanAnEighthStaysAsItIs() {
        byte[] small = new byte[THRESHOLD - 100];
        assertArrayEquals(plain.encode(KEY, small), compressing.encode(KEY, small));
        byte[] noise = noise(50_000, 2);
        assertArrayEquals(plain.encode(KEY, noise), compressing.encode(KEY, noise));
        int length = 100_000;
        byte[] hardlyWorthIt = partlyNoise(length, length * 9 / 10);
        assertArrayEquals(plain.encode(KEY, hardlyWorthIt), compressing.encode(KEY, hardlyWorthIt));
        assertTrue(compressing.encode(KEY, partlyNoise(length, length * 8 / 10)).length < length * 7 / 8);
    }

    @Test
    void theLimitIsThatOfTheValueBeforeCompression() {
        CacheException refused = assertThrows(CacheException.class, () -> compressing.encode(KEY, new byte[LIMIT + 1]));
        assertTrue(refused.getMessage().contains("codec.maximum-value-size"), refused.getMessage());
        assertTrue(compressing.encode(KEY, new byte[LIMIT - 100]).length < LIMIT / 200);
    }

    @Test
    void aForgedSizeAllocatesNothing() {
        byte[] cell = compressing.encode(KEY, partlyNoise(100_000, 2_000));
        int block = cell.length - BLOCK_AT;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // What the first refusal of a JVM loads is not measured.
        assertEquals(UndecodableReason.LIMIT, reason(withSize(cell, Integer.MAX_VALUE)));
        long before = threads.getCurrentThreadAllocatedBytes();
        assertEquals(UndecodableReason.LIMIT, reason(withSize(cell, Integer.MAX_VALUE)));
        assertEquals(UndecodableReason.LIMIT, reason(withSize(cell, LIMIT + 1)));
        assertEquals(UndecodableReason.DAMAGED, reason(withSize(cell, -1)));
        assertEquals(UndecodableReason.DAMAGED, reason(withSize(cell, Integer.MIN_VALUE)));
        assertEquals(UndecodableReason.DAMAGED, reason(withSize(cell, 255 * block + 1)));
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 500_000, "allocated " + allocated);
        assertEquals(UndecodableReason.DAMAGED, reason(withSize(cell, 99_999)));
        assertEquals(UndecodableReason.DAMAGED, reason(withSize(cell, 100_100)));
        assertEquals(UndecodableReason.DAMAGED, reason(HostileCell.seal(KEY, Arrays.copyOf(cell, SIZE_AT + 2))));
        assertEquals(UndecodableReason.DAMAGED, reason(withSize(Arrays.copyOf(cell, BLOCK_AT), 0)));
    }

    /** As small as a block can be for what comes out of it: a megabyte of zeros. */
    @Test
    void aBombCostsWhatTheLimitsAllow() throws Exception {
        byte[] bomb = compressing.encode(KEY, new byte[LIMIT - 100]);
        assertTrue(bomb.length < 5_000, "bytes: " + bomb.length);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertNotNull(compressing.decode(KEY, bomb, 0));
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 3L * LIMIT, "allocated " + allocated);
        // A reader whose limit is smaller does not begin.
        ValueCodec<byte[]> narrow = codecs.values(
                byte[].class, new CodecRules(String.class, byte[].class, List.of(), 100, LIMIT / 2), compressed());
        before = threads.getCurrentThreadAllocatedBytes();
        UndecodableException e = assertThrows(UndecodableException.class, () -> narrow.decode(KEY, bomb, 0));
        assertEquals(UndecodableReason.LIMIT, e.reason());
        assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 200_000);
    }

    @Test
    void noMutationOfACompressedEntryPassesTheChecksum() {
        byte[] cell = compressing.encode(KEY, partlyNoise(20_000, 3_000));
        Random random = new Random(4);
        for (int i = 0; i < 5_000; i++) {
            byte[] mutated = cell.clone();
            mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
            assertThrows(UndecodableException.class, () -> compressing.decode(KEY, mutated, 0));
        }
    }

    @Test
    void aMutationWithAGoodChecksumIsAValueOrUndecodableAndCostsLittle() throws Exception {
        ValueCodec<Object> codec = codecs.values(
                Object.class,
                new CodecRules(String.class, Object.class, List.of(), 100, LIMIT),
                new ValueOptions<>(null, 100, null));
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            list.add("line " + i % 7);
        }
        byte[] cell = codec.encode(KEY, list);
        assertEquals(list, codec.decode(KEY, cell, 0));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = Arrays.copyOf(cell, random.nextInt(4) == 0 ? BLOCK_AT + random.nextInt(50) : cell.length);
            for (int n = random.nextInt(3); n >= 0; n--) {
                mutated[SIZE_AT + random.nextInt(mutated.length - SIZE_AT)] = (byte) random.nextInt();
            }
            HostileCell.seal(KEY, mutated);
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                assertNotNull(codec.decode(KEY, mutated, 0));
            } catch (UndecodableException e) {
                assertNotNull(e.reason());
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < 3L * LIMIT, "mutation " + i + " allocated " + allocated);
        }
    }

    @Test
    void withoutTheLibraryTheErrorNamesItAndCompressedValuesAreAMiss() throws Exception {
        byte[] cell = compressing.encode(KEY, new byte[10_000]);
        List<URL> without = new ArrayList<>();
        String classPath = System.getProperty("java.class.path");
        for (String each : classPath.split(File.pathSeparator, -1)) {
            if (!each.contains("lz4-java")) {
                without.add(Path.of(each).toUri().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(without.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            @SuppressWarnings("unchecked")
            var told = (Function<byte[], List<String>>) loader.loadClass(WithoutLz4.class.getName())
                    .getConstructor()
                    .newInstance();
            assertEquals(
                    List.of(
                            "codec.compression must be none if the library at.yawk.lz4:lz4-java is not on the class path, was lz4",
                            "OTHER_CODEC"),
                    told.apply(cell));
        }
    }

    /** What a node without the library says. */
    public static final class WithoutLz4 implements Function<byte[], List<String>> {
        public WithoutLz4() {}

        @Override
        public List<String> apply(byte[] cell) {
            try (Codecs codecs = new Codecs(getClass().getClassLoader())) {
                String refusal = assertThrows(
                                IllegalArgumentException.class,
                                () -> codecs.values(byte[].class, rules(), compressed()))
                        .getMessage();
                ValueCodec<byte[]> plain = codecs.values(byte[].class, rules());
                UndecodableException missed =
                        assertThrows(UndecodableException.class, () -> plain.decode(KEY, cell, 0));
                return List.of(refusal, missed.reason().name());
            }
        }
    }
}
