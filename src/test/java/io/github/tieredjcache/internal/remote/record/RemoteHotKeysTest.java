package io.github.tieredjcache.internal.remote.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.tieredjcache.internal.codec.Codecs;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class RemoteHotKeysTest {
    private static final byte FORMAT = 1;

    private final KeyCodec<String> keys = new Codecs(getClass().getClassLoader())
            .keys(String.class, new CodecRules(String.class, String.class, List.of(), 100, 100), null);

    private byte[] list(int count) {
        ByteBuffer bytes = ByteBuffer.allocate(1 + count * 12).put(FORMAT);
        for (int i = 0; i < count; i++) {
            byte[] key = keys.encode("k%07d".formatted(i));
            bytes.putInt(key.length).put(key);
        }
        return bytes.array();
    }

    @Test
    void atMostTheRequestedNumberOfKeysIsDecoded() {
        byte[] tooLong = list(500_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        List<String> found = RemoteHotKeys.decoded(tooLong, keys, 3);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertEquals(List.of("k0000000", "k0000001", "k0000002"), found);
        assertTrue(allocated < 500_000, allocated + " bytes");
    }

    @Test
    void invalidListsAreReadAsEmptyOrUpToTheDamage() {
        assertEquals(List.of(), RemoteHotKeys.decoded(null, keys, 3));
        assertEquals(List.of(), RemoteHotKeys.decoded(new byte[0], keys, 3));
        assertEquals(List.of(), RemoteHotKeys.decoded(new byte[] {2, 0, 0, 0, 1, 'a'}, keys, 3));
        assertEquals(List.of("a"), RemoteHotKeys.decoded(new byte[] {1, 0, 0, 0, 1, 'a', 0, 0, 0, 9}, keys, 3));
    }
}
