package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.tieredjcache.CopiedJars;
import io.github.tieredjcache.internal.codec.Samples.Colour;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.math.BigDecimal;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The keys of Hibernate's second level cache, for the oldest and the newest supported version. These keys cache a hash
 * code, which differs between JVMs if the key contains an enum. Maven has copied Hibernate's jars to {@code
 * target/hibernate}.
 */
class HibernateKeysTest {
    private static final String CACHE = "org.hibernate.cache.internal.";

    /** The key classes of one version, loaded by a class loader of its own. */
    private record Hibernate(ClassLoader loader, KeyCodec<Object> codec) {
        static Hibernate version(String version) throws IOException {
            ClassLoader loader = CopiedJars.loader("hibernate", "hibernate-core-" + version + ".*.jar");
            // The rules name no class of Hibernate: the library knows them.
            CodecRules rules = new CodecRules(Samples.class, Object.class, List.of(), 4_096, 1_024);
            return new Hibernate(loader, new Codecs(loader).keys(Object.class, rules, null));
        }

        Object make(String className, Object... arguments) throws ReflectiveOperationException {
            for (Constructor<?> constructor : loader.loadClass(className).getDeclaredConstructors()) {
                Class<?>[] types = constructor.getParameterTypes();
                if (types.length == arguments.length && (types.length != 4 || types[3] == int.class)) {
                    constructor.setAccessible(true);
                    return constructor.newInstance(arguments);
                }
            }
            throw new NoSuchMethodException(className);
        }

        /** Returns the key of an entity or a collection. */
        Object basic(Object id, int hash) throws ReflectiveOperationException {
            return make(CACHE + "BasicCacheKeyImplementation", id, "com.shop.Order", hash);
        }

        /** Returns the key of an entity with a composite identifier, or of a tenant. */
        Object full(Object id, String tenant, int hash) throws ReflectiveOperationException {
            return make(CACHE + "CacheKeyImplementation", id, "com.shop.Order", tenant, hash);
        }

        Object natural(Object values, String tenant, int hash) throws ReflectiveOperationException {
            return make(CACHE + "NaturalIdCacheKey", values, "com.shop.Order", tenant, hash);
        }

        Object query(Object[] parameters, int hash, Integer firstRow, Set<String> filters)
                throws ReflectiveOperationException {
            Object memento = make(
                    "org.hibernate.query.internal.QueryParameterBindingsImpl$ParameterBindingsMementoImpl",
                    parameters,
                    hash);
            return make("org.hibernate.cache.spi.QueryKey", "select o from Order o", memento, firstRow, null, filters);
        }

        /** Returns keys of all kinds, with the hash codes that Hibernate computes. */
        List<Object> keys() throws ReflectiveOperationException {
            int red = Colour.RED.hashCode();
            int tenant = "tenant".hashCode();
            int composite = 37 * (37 * 17 + Long.hashCode(7)) + red;
            UUID uuid = new UUID(3, 4);
            return List.of(
                    basic(7L, 7),
                    basic("id", "id".hashCode()),
                    basic(uuid, uuid.hashCode()),
                    basic(Colour.RED, red),
                    basic(new BigDecimal("12.50"), 12),
                    full(7L, "tenant", 31 * 7 + tenant),
                    full(Colour.RED, "tenant", 31 * red + tenant),
                    full(new Object[] {7L, Colour.RED}, null, 31 * composite),
                    full(new Object[] {7L, Colour.RED}, "tenant", 31 * composite + tenant),
                    natural(new Object[] {"isbn", Colour.RED, null}, null, ("isbn".hashCode() * 37 + red) * 37),
                    natural(new Object[] {"isbn"}, "tenant", tenant * 37 + "isbn".hashCode()),
                    query(new Object[] {null}, 0, null, Set.of()),
                    query(new Object[] {"tenant", 5, Colour.RED}, (tenant * 37 + 5) * 37 + red, 10, Set.of("f")));
        }

        List<String> hex() throws ReflectiveOperationException {
            return keys().stream()
                    .map(key -> HexFormat.of().formatHex(codec.encode(key)))
                    .toList();
        }
    }

    /** Prints the identity hash of the enum in this JVM, then the bytes of the keys. */
    public static void main(String[] arguments) throws Exception {
        System.out.println(Colour.RED.hashCode());
        Hibernate.version(arguments[0]).hex().forEach(System.out::println);
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.6", "7.4"})
    void decodedKeysEqualTheOriginals(String version) throws Exception {
        Hibernate hibernate = Hibernate.version(version);
        for (Object key : hibernate.keys()) {
            Object back = hibernate.codec.decode(hibernate.codec.encode(key));
            assertEquals(key, back);
            assertEquals(back, key);
            assertEquals(key.hashCode(), back.hashCode(), key::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.6", "7.4"})
    @Tag(OtherJvm.TAG)
    void anotherJvmWritesTheSameBytes(String version) throws Exception {
        List<String> lines = new ArrayList<>(OtherJvm.lines(2, HibernateKeysTest.class, version));
        assertNotEquals(Integer.toString(Colour.RED.hashCode()), lines.remove(0));
        assertEquals(Hibernate.version(version).hex(), lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.6", "7.4"})
    void aHashThatDiffersBetweenJvmsIsNotPartOfTheBytes(String version) throws Exception {
        Hibernate hibernate = Hibernate.version(version);
        byte[] bytes = hibernate.codec.encode(hibernate.basic(new Timestamp(5), 1));
        assertArrayEquals(bytes, hibernate.codec.encode(hibernate.basic(new Timestamp(5), 2)));
        assertEquals(hibernate.basic(new Timestamp(5), 3), hibernate.codec.decode(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.6", "7.4"})
    void unequalKeysHaveUnequalBytes(String version) throws Exception {
        List<String> hex = Hibernate.version(version).hex();
        assertEquals(hex.size(), Set.copyOf(hex).size());
    }
}
