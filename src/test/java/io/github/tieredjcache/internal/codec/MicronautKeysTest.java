package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.tieredjcache.CopiedJars;
import io.github.tieredjcache.internal.codec.Samples.Colour;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The keys of Micronaut's cached methods with several parameters, or none. These keys cache a hash code, which differs
 * between JVMs if the key contains an enum. Maven has copied Micronaut's jars to {@code target/micronaut}.
 */
class MicronautKeysTest {
    private static final String KEY = "io.micronaut.cache.interceptor.ParametersKey";

    private final ClassLoader loader;
    private final KeyCodec<Object> codec;

    MicronautKeysTest() throws Exception {
        loader = CopiedJars.loader("micronaut", "*.jar");
        // The rules do not name the class of the keys: the library knows it.
        CodecRules rules = new CodecRules(Samples.class, Object.class, List.of(), 4_096, 1_024);
        codec = new Codecs(loader).keys(Object.class, rules, null);
    }

    private Object key(Object... parameters) throws ReflectiveOperationException {
        return loader.loadClass(KEY).getConstructor(Object[].class).newInstance((Object) parameters);
    }

    private List<Object> keys() throws ReflectiveOperationException {
        return List.of(
                key(),
                key("tea", 1),
                key("tea", 2),
                key("tea", null),
                key(Colour.RED, 1L),
                key(List.of("a", "b"), new int[] {1, 2}),
                key(new String[] {"a"}, new byte[][] {{1}, {2}}));
    }

    private List<String> hex() throws ReflectiveOperationException {
        return keys().stream()
                .map(key -> HexFormat.of().formatHex(codec.encode(key)))
                .toList();
    }

    /** Prints the identity hash of the enum in this JVM, then the bytes of the keys. */
    public static void main(String[] arguments) throws Exception {
        System.out.println(Colour.RED.hashCode());
        new MicronautKeysTest().hex().forEach(System.out::println);
    }

    @Test
    void decodedKeysEqualTheOriginals() throws Exception {
        for (Object key : keys()) {
            Object back = codec.decode(codec.encode(key));
            assertEquals(key, back);
            assertEquals(key.hashCode(), back.hashCode(), key::toString);
        }
    }

    @Test
    @Tag(OtherJvm.TAG)
    void anotherJvmWritesTheSameBytes() throws Exception {
        List<String> lines = new ArrayList<>(OtherJvm.lines(2, MicronautKeysTest.class));
        assertNotEquals(Integer.toString(Colour.RED.hashCode()), lines.remove(0));
        assertEquals(hex(), lines);
        assertEquals(lines.size(), Set.copyOf(lines).size());
    }
}
