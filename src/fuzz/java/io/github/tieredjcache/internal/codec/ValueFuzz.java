package io.github.tieredjcache.internal.codec;

import com.sun.management.ThreadMXBean;
import io.github.tieredjcache.internal.codec.Samples.Entity;
import java.lang.management.ManagementFactory;
import java.util.List;
import javax.cache.CacheException;

/**
 * What a fuzzer calls with the payloads of values, as somebody could write them who may write to Redis: the checksum is right.
 *
 * <p>The first byte chooses what the cache declares; everything else is the payload.
 */
public final class ValueFuzz {
    private static final byte[] KEY = {'k'};
    private static final int VALUE_BYTES_MAX = 1 << 20;
    /** What a payload may cost beside its own weight. */
    private static final long ALLOCATED_MAX = 2_000_000;

    private static final long ALLOCATED_PER_BYTE_MAX = 256;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Codecs CODECS = new Codecs(ValueFuzz.class.getClassLoader());
    private static final List<ValueCodec<?>> DECLARED = List.of(
            codec(Object.class, Samples.class.getPackageName() + ".*"),
            codec(Object.class),
            codec(Entity.class),
            codec(String.class));

    private ValueFuzz() {}

    /** Has all classes loaded and instrumented before the fuzzer measures how long an input takes. */
    public static void fuzzerInitialize() {
        Seeds.values().forEach(ValueFuzz::fuzzerTestOneInput);
    }

    private static <V> ValueCodec<V> codec(Class<V> type, String... allowed) {
        return CODECS.values(type, new CodecRules(String.class, type, List.of(allowed), 1_024, VALUE_BYTES_MAX));
    }

    /**
     * Reads a payload: it is a value that can be written again, or undecodable, and costs what it weighs.
     *
     * @param input the choice of the declared type, then the payload
     */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 0) {
            read(DECLARED.get((input[0] & 0xff) % DECLARED.size()), HostileCell.around(KEY, input, 1));
        }
    }

    private static <V> void read(ValueCodec<V> codec, byte[] cell) {
        long allowed = ALLOCATED_MAX + ALLOCATED_PER_BYTE_MAX * cell.length;
        // The second time no class is loaded, and none instrumented.
        if (allocated(codec, cell) > allowed && allocated(codec, cell) > allowed) {
            throw new AssertionError(cell.length + " bytes made the reader allocate more than " + allowed);
        }
    }

    private static <V> long allocated(ValueCodec<V> codec, byte[] cell) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        V value;
        try {
            value = codec.decode(KEY, cell, 0);
        } catch (UndecodableException e) {
            value = null;
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (value != null) {
            try {
                codec.encode(KEY, value);
            } catch (CacheException refused) {
                // A graph that is fine to read may be one that is refused, for instance since it is too deep with its
                // root.
            }
        }
        return allocated;
    }
}
