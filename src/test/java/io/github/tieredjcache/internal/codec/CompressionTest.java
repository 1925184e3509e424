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
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import javax.cache.CacheException;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.api.Test;

/** Compression saves memory in Redis, and reading costs no more than the limits allow, also for forged bytes. */
class CompressionTest {
    private static final byte[] KEY = {'k'};
    private static final int LIMIT = 1 << 20;
    private static final int THRESHOLD = 4_096;
    /** The offset of the decompressed length, after version, flags and checksum. */
    private static final int SIZE_AT = HostileEntry.HEAD_BYTES;

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

    /** Returns an array that begins with {@code noisy} random bytes, followed by zeros. */
    private static byte[] partlyNoise(int length, int noisy) {
        byte[] value = Arrays.copyOf(noise(noisy, 1), length);
        return value;
    }

    private UndecodableReason reason(byte[] entry) {
        return assertThrows(UndecodableException.class, () -> compressing.decode(KEY, entry, 0))
                .reason();
    }

    private static byte[] withSize(byte[] entry, int size) {
        byte[] forged = entry.clone();
        ByteBuffer.wrap(forged).putInt(SIZE_AT, size);
        return HostileEntry.withChecksum(KEY, forged);
    }

    @Test
    void compressedValuesAreReadAlsoByCachesThatDoNotCompress() throws Exception {
        byte[] value = partlyNoise(100_000, 10_000);
        byte[] entry = compressing.encode(KEY, value);
        assertTrue(entry.length < 11_000, "as Redis holds it: " + entry.length);
        assertArrayEquals(value, compressing.decode(KEY, entry, 0));
        assertArrayEquals(value, plain.decode(KEY, entry, 0));
        assertArrayEquals(value, compressing.decode(KEY, plain.encode(KEY, value), 0));
    }

    @Test
    void payloadsBelowTheThresholdOrWithLittleSavingAreNotCompressed() {
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
    void aPayloadOfTheThresholdIsCompressed() {
        // The type, a mark of its first reference and two bytes of its length precede the bytes of an array.
        int head = HostileEntry.payload(plain.encode(KEY, new byte[THRESHOLD])).length - THRESHOLD;
        assertEquals(1, compressing.encode(KEY, new byte[THRESHOLD - head])[1]);
        assertEquals(0, compressing.encode(KEY, new byte[THRESHOLD - head - 1])[1]);
    }

    @Test
    void aCompressedValueOfTheMaximumSizeIsRead() throws Exception {
        int head = HostileEntry.payload(plain.encode(KEY, new byte[LIMIT - 100])).length - (LIMIT - 100);
        byte[] largest = new byte[LIMIT - head];
        byte[] entry = compressing.encode(KEY, largest);
        assertEquals(1, entry[1]);
        assertArrayEquals(largest, compressing.decode(KEY, entry, 0));
    }

    /** Each part of a value needs a 32nd of a byte in Redis, and compression can leave fewer bytes than that. */
    @Test
    void aValueIsCompressedExactlyIfReadersAcceptTheCompressedBytes() throws Exception {
        CodecRules rules = new CodecRules(String.class, Object.class, List.of(), 100, LIMIT);
        ValueCodec<Object> own = codecs.values(Object.class, rules);
        ValueCodec<Object> smaller = codecs.values(Object.class, rules, new ValueOptions<>(null, 100, null));
        int compressed = 0;
        for (int noisy = 300; noisy < 360; noisy++) {
            List<Object> parts = new ArrayList<>(Collections.nCopies(13_000, null));
            parts.add(noise(noisy, 7));
            byte[] entry = smaller.encode(KEY, parts);
            assertEquals(13_001, ((List<?>) own.decode(KEY, entry, 0)).size());
            if (entry[1] == 1) {
                compressed++;
            } else {
                byte[] block = LZ4Factory.safeInstance().fastCompressor().compress(HostileEntry.payload(entry));
                byte[] forged = ByteBuffer.allocate(BLOCK_AT + block.length)
                        .put((byte) 1)
                        .put((byte) 1)
                        .putInt(0)
                        .putInt(entry.length - SIZE_AT)
                        .put(block)
                        .array();
                UndecodableException miss = assertThrows(
                        UndecodableException.class, () -> own.decode(KEY, HostileEntry.withChecksum(KEY, forged), 0));
                assertEquals(UndecodableReason.LIMIT, miss.reason(), block.length + " bytes");
            }
        }
        assertTrue(compressed > 0 && compressed < 60, compressed + " were compressed");
    }

    @Test
    void theMaximumSizeHoldsBeforeCompression() {
        CacheException refused = assertThrows(CacheException.class, () -> compressing.encode(KEY, new byte[LIMIT + 1]));
        assertTrue(refused.getMessage().contains("codec.maximum-value-size"), refused.getMessage());
        assertTrue(compressing.encode(KEY, new byte[LIMIT - 100]).length < LIMIT / 200);
    }

    @Test
    void aForgedSizeAllocatesNothing() {
        byte[] entry = compressing.encode(KEY, partlyNoise(100_000, 2_000));
        int block = entry.length - BLOCK_AT;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // The first refusal is not measured, since it loads classes.
        assertEquals(UndecodableReason.LIMIT, reason(withSize(entry, Integer.MAX_VALUE)));
        long before = threads.getCurrentThreadAllocatedBytes();
        assertEquals(UndecodableReason.LIMIT, reason(withSize(entry, Integer.MAX_VALUE)));
        assertEquals(UndecodableReason.LIMIT, reason(withSize(entry, LIMIT + 1)));
        assertEquals(UndecodableReason.DAMAGED, reason(withSize(entry, -1)));
        assertEquals(UndecodableReason.DAMAGED, reason(withSize(entry, Integer.MIN_VALUE)));
        assertEquals(UndecodableReason.DAMAGED, reason(withSize(entry, 255 * block + 1)));
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 500_000, "allocated " + allocated);
        assertEquals(UndecodableReason.DAMAGED, reason(withSize(entry, 99_999)));
        assertEquals(UndecodableReason.DAMAGED, reason(withSize(entry, 100_100)));
        assertEquals(
                UndecodableReason.DAMAGED, reason(HostileEntry.withChecksum(KEY, Arrays.copyOf(entry, SIZE_AT + 2))));
        assertEquals(UndecodableReason.DAMAGED, reason(withSize(Arrays.copyOf(entry, BLOCK_AT), 0)));
    }

    /** A megabyte of zeros has nearly the largest ratio of compression. */
    @Test
    void aDecompressionBombCostsNoMoreThanTheLimitsAllow() throws Exception {
        byte[] bomb = compressing.encode(KEY, new byte[LIMIT - 100]);
        assertTrue(bomb.length < 5_000, "bytes: " + bomb.length);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertNotNull(compressing.decode(KEY, bomb, 0));
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 3L * LIMIT, "allocated " + allocated);
        // A reader with a smaller limit does not decompress at all.
        ValueCodec<byte[]> narrow = codecs.values(
                byte[].class, new CodecRules(String.class, byte[].class, List.of(), 100, LIMIT / 2), compressed());
        before = threads.getCurrentThreadAllocatedBytes();
        UndecodableException e = assertThrows(UndecodableException.class, () -> narrow.decode(KEY, bomb, 0));
        assertEquals(UndecodableReason.LIMIT, e.reason());
        assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 200_000);
    }

    @Test
    void noMutationOfACompressedEntryPassesTheChecksum() {
        byte[] entry = compressing.encode(KEY, partlyNoise(20_000, 3_000));
        Random random = new Random(4);
        for (int i = 0; i < 5_000; i++) {
            byte[] mutated = entry.clone();
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
        byte[] entry = codec.encode(KEY, list);
        assertEquals(list, codec.decode(KEY, entry, 0));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated =
                    Arrays.copyOf(entry, random.nextInt(4) == 0 ? BLOCK_AT + random.nextInt(50) : entry.length);
            for (int n = random.nextInt(3); n >= 0; n--) {
                mutated[SIZE_AT + random.nextInt(mutated.length - SIZE_AT)] = (byte) random.nextInt();
            }
            HostileEntry.withChecksum(KEY, mutated);
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
        byte[] entry = compressing.encode(KEY, new byte[10_000]);
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
            var program = (Function<byte[], List<String>>) loader.loadClass(WithoutLz4.class.getName())
                    .getConstructor()
                    .newInstance();
            assertEquals(
                    List.of(
                            "codec.compression must be none if the library at.yawk.lz4:lz4-java is not on the class path, was lz4",
                            "OTHER_CODEC"),
                    program.apply(entry));
        }
    }

    /** Runs without the library on the class path; returns the messages and reasons. */
    public static final class WithoutLz4 implements Function<byte[], List<String>> {
        public WithoutLz4() {}

        @Override
        public List<String> apply(byte[] entry) {
            try (Codecs codecs = new Codecs(getClass().getClassLoader())) {
                String refusal = assertThrows(
                                IllegalArgumentException.class,
                                () -> codecs.values(byte[].class, rules(), compressed()))
                        .getMessage();
                ValueCodec<byte[]> plain = codecs.values(byte[].class, rules());
                UndecodableException missed =
                        assertThrows(UndecodableException.class, () -> plain.decode(KEY, entry, 0));
                return List.of(refusal, missed.reason().name());
            }
        }
    }
}
