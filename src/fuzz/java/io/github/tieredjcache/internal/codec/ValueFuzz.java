package io.github.tieredjcache.internal.codec;

import com.sun.management.ThreadMXBean;
import io.github.tieredjcache.internal.codec.Samples.Entity;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import java.lang.management.ManagementFactory;
import java.util.List;
import javax.cache.CacheException;

/**
 * The fuzz target for payloads of values with a correct checksum, as an attacker with write access to Redis could write
 * them.
 *
 * <p>The first byte chooses the declared type of the cache; the other bytes are the payload.
 */
public final class ValueFuzz {
    private static final byte[] KEY = {'k'};
    private static final int VALUE_BYTES_MAX = 1 << 20;
    /** The bytes that reading may allocate in addition to those for each byte of the payload. */
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

    /** Loads and instruments all classes before the fuzzer measures the time of an input. */
    public static void fuzzerInitialize() {
        Seeds.values().forEach(ValueFuzz::fuzzerTestOneInput);
    }

    private static <V> ValueCodec<V> codec(Class<V> type, String... allowed) {
        return CODECS.values(type, new CodecRules(String.class, type, List.of(allowed), 1_024, VALUE_BYTES_MAX));
    }

    /**
     * Reads a payload: it is undecodable, or a value that can be written again; its length bounds the cost.
     *
     * @param input the choice of the declared type, then the payload
     */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 0) {
            read(DECLARED.get((input[0] & 0xff) % DECLARED.size()), HostileEntry.around(KEY, input, 1));
        }
    }

    private static <V> void read(ValueCodec<V> codec, byte[] entry) {
        long allowed = ALLOCATED_MAX + ALLOCATED_PER_BYTE_MAX * entry.length;
        // A second attempt loads and instruments no classes.
        if (allocated(codec, entry) > allowed && allocated(codec, entry) > allowed) {
            throw new AssertionError(entry.length + " bytes made the reader allocate more than " + allowed);
        }
    }

    private static <V> long allocated(ValueCodec<V> codec, byte[] entry) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        V value;
        try {
            value = codec.decode(KEY, entry, 0);
        } catch (UndecodableException e) {
            value = null;
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (value != null) {
            try {
                codec.encode(KEY, value);
            } catch (CacheException refused) {
                // A graph that can be read may still be refused, for example if it is too deep together with its root.
            }
        }
        return allocated;
    }
}
