package io.github.tieredjcache.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.regex.Pattern;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

/** Addresses and patterns from bytes that this library does not write, and copies of such objects. */
class JdkNamesTest {
    private static final byte[] KEY = "k".getBytes(UTF_8);

    private final Codecs codecs = new Codecs(JdkNamesTest.class.getClassLoader());
    private final ValueCodec<Object> codec = Kinds.codec(codecs);

    private UndecodableReason reason(byte[] payload) {
        byte[] entry = HostileEntry.around(KEY, payload, 0);
        return assertThrows(UndecodableException.class, () -> codec.decode(KEY, entry, 0))
                .reason();
    }

    @Test
    void anAddressOfAnotherLengthIsUndecodable() throws Exception {
        byte[] payload = HostileEntry.payload(codec.encode(KEY, InetAddress.getByAddress(new byte[] {1, 2, 3, 4})));
        byte[] shorter = java.util.Arrays.copyOf(payload, payload.length - 1);
        shorter[shorter.length - 4] = 3;
        assertEquals(UndecodableReason.DAMAGED, reason(shorter));
    }

    /** {@code getHostName} of an address without a name would look it up in the network. */
    @Test
    void anAddressHasItsBytesWhateverItsName() throws Exception {
        InetAddress named = InetAddress.getByAddress("no.such.host.invalid", new byte[] {1, 2, 3, 4});
        InetAddress back = (InetAddress) codec.decode(KEY, codec.encode(KEY, named), 0);
        assertEquals("no.such.host.invalid/1.2.3.4", back.toString());
        InetAddress without = InetAddress.getByAddress(new byte[] {1, 2, 3, 4});
        back = (InetAddress) codec.decode(KEY, codec.encode(KEY, without), 0);
        assertEquals("/1.2.3.4", back.toString());
        assertEquals(Inet4Address.class, back.getClass());
    }

    @Test
    void aPatternThatTakesLongToCompileIsUndecodable() {
        byte[] payload = HostileEntry.payload(codec.encode(KEY, Pattern.compile("x")));
        payload[payload.length - 1] = (byte) 0x80;
        byte[] canonical = java.util.Arrays.copyOf(payload, payload.length + 1);
        canonical[canonical.length - 1] = 1;
        assertEquals(Pattern.CANON_EQ, 0x80);
        assertEquals(UndecodableReason.DAMAGED, reason(canonical));
        String longest = "a".repeat(500);
        codec.encode(KEY, Pattern.compile(longest));
        assertThrows(CacheException.class, () -> codec.encode(KEY, Pattern.compile(longest + "a")));
    }

    /** A Pattern equals only itself, so two references to it must stay references to one object. */
    @Test
    void twoReferencesToAPatternLeadToOneDecodedPattern() throws Exception {
        Pattern pattern = Pattern.compile("x");
        List<?> back = (List<?>) codec.decode(KEY, codec.encode(KEY, List.of(pattern, pattern)), 0);
        assertSame(back.get(0), back.get(1));
        assertSame(pattern, codecs.copier().copy(pattern));
    }
}
