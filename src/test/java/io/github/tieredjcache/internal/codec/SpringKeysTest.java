package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.CopiedJars;
import io.github.tieredjcache.internal.codec.Samples.Colour;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.cache.CacheException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The classes that Spring's cache abstraction stores, its key of several arguments and its null value, for the oldest
 * and the newest supported version. They are allowed without a rule. Maven has copied the jars to {@code
 * target/spring}.
 */
class SpringKeysTest {
    private static final byte[] KEY = {'k'};

    /** The classes of one version, loaded by a class loader of its own. */
    private record Spring(ClassLoader loader, Codecs codecs, CodecRules rules) {
        static Spring version(String version) throws IOException {
            ClassLoader loader = CopiedJars.loader("spring", "*-" + version + ".jar");
            // The rules allow no other class of the tests than the enum in the keys.
            CodecRules rules =
                    new CodecRules(Object.class, Object.class, List.of(Colour.class.getName()), 4_096, 1_024);
            return new Spring(loader, new Codecs(loader), rules);
        }

        Class<?> type(String name) throws ClassNotFoundException {
            return loader.loadClass("org.springframework." + name);
        }

        Object key(Object... arguments) throws ReflectiveOperationException {
            return type("cache.interceptor.SimpleKey")
                    .getConstructor(Object[].class)
                    .newInstance((Object) arguments);
        }

        List<Object> keys() throws ReflectiveOperationException {
            return List.of(
                    type("cache.interceptor.SimpleKey").getField("EMPTY").get(null),
                    key("tea", 1),
                    key("tea", 2),
                    key("tea", null),
                    key(Colour.RED, 1L),
                    key(List.of("a", "b"), new int[] {1, 2}),
                    key(new String[] {"a"}, new byte[][] {{1}, {2}}));
        }

        List<String> hex() throws ReflectiveOperationException {
            KeyCodec<Object> codec = codecs.keys(Object.class, rules, null);
            return keys().stream()
                    .map(key -> HexFormat.of().formatHex(codec.encode(key)))
                    .toList();
        }
    }

    /** Prints the identity hash of the enum in this JVM, then the bytes of the keys. */
    public static void main(String[] arguments) throws Exception {
        System.out.println(Colour.RED.hashCode());
        Spring.version(arguments[0]).hex().forEach(System.out::println);
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.2.19", "7.0.10"})
    void decodedKeysOfSeveralArgumentsEqualTheOriginals(String version) throws Exception {
        Spring spring = Spring.version(version);
        KeyCodec<Object> codec = spring.codecs.keys(Object.class, spring.rules, null);
        for (Object key : spring.keys()) {
            Object back = codec.decode(codec.encode(key));
            assertEquals(key, back);
            assertEquals(key.hashCode(), back.hashCode(), key::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.2.19", "7.0.10"})
    @Tag(OtherJvm.TAG)
    void anotherJvmWritesTheSameBytes(String version) throws Exception {
        List<String> lines = new ArrayList<>(OtherJvm.lines(2, SpringKeysTest.class, version));
        assertNotEquals(Integer.toString(Colour.RED.hashCode()), lines.remove(0));
        assertEquals(Spring.version(version).hex(), lines);
        assertEquals(lines.size(), Set.copyOf(lines).size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.2.19", "7.0.10"})
    void theNullValueIsReadAsTheSingleton(String version) throws Exception {
        Spring spring = Spring.version(version);
        ValueCodec<Object> codec = spring.codecs.values(Object.class, spring.rules);
        Object nothing =
                spring.type("cache.support.NullValue").getField("INSTANCE").get(null);
        assertSame(nothing, codec.decode(KEY, codec.encode(KEY, nothing), 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.2.19", "7.0.10"})
    void otherClassesOfSpringAreAllowedByTheUserOnly(String version) throws Exception {
        Spring spring = Spring.version(version);
        ValueCodec<Object> codec = spring.codecs.values(Object.class, spring.rules);
        Object other = spring.type("core.io.ByteArrayResource")
                .getConstructor(byte[].class)
                .newInstance((Object) new byte[1]);
        CacheException refused = assertThrows(CacheException.class, () -> codec.encode(KEY, other));
        assertTrue(refused.getMessage().contains("is not allowed"), refused::getMessage);
    }
}
