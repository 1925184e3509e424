package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.codec.Samples.Circle;
import io.github.tieredjcache.internal.codec.Samples.Colour;
import io.github.tieredjcache.internal.codec.Samples.Figure;
import io.github.tieredjcache.internal.codec.Samples.Generic;
import io.github.tieredjcache.internal.codec.Samples.Holder;
import io.github.tieredjcache.internal.codec.Samples.Pair;
import io.github.tieredjcache.internal.codec.Samples.Point;
import io.github.tieredjcache.internal.codec.Samples.ShopException;
import io.github.tieredjcache.internal.codec.Samples.Square;
import io.github.tieredjcache.internal.codec.Samples.TaggedList;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.graph.AllowList;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptor;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
import io.github.tieredjcache.internal.codec.graph.DescriptorFactory;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Classes that no setting names: what a node stores it may read, and nothing else. */
@Covers({FaultRow.F58, FaultRow.F104})
class LearnedClassesTest {
    private static final byte[] KEY = {'k'};
    private static final String RAN = "tieredjcache.learned.ran";
    private static final String INITIALIZER = " static { System.setProperty(\"" + RAN + "\", \"ran\"); } ";
    private static final int CLASSES_MAX = 10_000;

    @TempDir
    private Path libraries;

    private Recording loader;
    /** The node under test: no setting names a class. */
    private Codecs node;
    /** Encodes bytes of the other node, or of an attacker. */
    private Codecs elsewhere;

    @BeforeEach
    void starts() throws IOException {
        Versions.compile(
                libraries,
                "package com.shop; public class Order implements java.io.Serializable { public int amount = 1;"
                        + INITIALIZER + "}");
        loader = new Recording(libraries.toUri().toURL());
        node = new Codecs(loader);
        elsewhere = new Codecs(loader);
    }

    @AfterEach
    void closes() throws IOException {
        node.close();
        elsewhere.close();
        loader.close();
        System.clearProperty(RAN);
    }

    private static CodecRules rules(Class<?> type, boolean learning) {
        return new CodecRules(type, type, List.of(), learning, 4_096, 1 << 20);
    }

    private static ValueCodec<Object> values(Codecs codecs) {
        return codecs.values(Object.class, rules(Object.class, true));
    }

    private static KeyCodec<Object> keys(Codecs codecs) {
        return codecs.keys(Object.class, rules(Object.class, true), null);
    }

    /** Returns values in which each way to name a class occurs. */
    private static List<Object> samples() {
        TaggedList list = new TaggedList();
        list.add("text");
        return List.of(
                new Point(1, 2),
                new Pair(new Circle(1), List.of(new Square(2, Colour.GREEN))),
                new Generic<>(new EnumMap<>(Map.of(Colour.RED, new Point(3, 4)))),
                new Figure[] {new Circle(2)},
                new Point[][] {{new Point(5, 6)}},
                list);
    }

    private static void assertReads(Object expected, ValueCodec<Object> codec, byte[] bytes) {
        try {
            Object read = codec.decode(KEY, bytes, 0);
            if (expected instanceof Object[] array) {
                assertArrayEquals(array, (Object[]) read);
            } else {
                assertEquals(expected, read);
            }
        } catch (UndecodableException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertMissed(UndecodableReason reason, ValueCodec<?> codec, byte[] bytes, String place) {
        var missed = assertThrows(UndecodableException.class, () -> codec.decode(KEY, bytes, 0), place);
        assertEquals(reason, missed.reason(), () -> place + ": " + missed.getMessage());
    }

    @Test
    void aNodeReadsTheClassesThatItHasStored() {
        for (Object value : samples()) {
            ValueCodec<Object> codec = values(node);
            assertReads(value, codec, codec.encode(KEY, value));
        }
    }

    @Test
    void aNodeMissesAClassThatItHasNotStoredUntilItStoresOne() {
        for (Object value : samples()) {
            byte[] bytes = values(elsewhere).encode(KEY, value);
            ValueCodec<Object> codec = values(node);
            assertMissed(
                    UndecodableReason.NOT_LEARNED,
                    codec,
                    bytes,
                    value.getClass().getName());
            codec.encode(KEY, value);
            assertReads(value, codec, bytes);
        }
    }

    @Test
    void theMissNamesTheClassAndTheSetting() {
        byte[] bytes = values(elsewhere).encode(KEY, new Point(1, 2));
        var missed = assertThrows(UndecodableException.class, () -> values(node).decode(KEY, bytes, 0));
        assertEquals(
                "class io.github.tieredjcache.internal.codec.Samples$Point is not in tiered-jcache.codec.allowed, and"
                        + " this node has stored no object of it in this cache",
                missed.getMessage());
    }

    @Test
    void aClassThatIsNotLearnedIsNeitherLoadedNorInitialized() {
        List<ValueCodec<?>> codecs = List.of(
                values(node),
                // Knows the classes around the forged name.
                node.values(Object.class, rules(Samples.class, true)),
                taught(values(node)));
        String name = "com.shop.Order";
        new NamingBytes(elsewhere).values(name).forEach((where, hostile) -> {
            boolean isProxy = where.contains("proxy");
            for (ValueCodec<?> codec : codecs) {
                var missed = assertThrows(UndecodableException.class, () -> codec.decode(KEY, hostile, 0), where);
                assertTrue(
                        missed.reason() == UndecodableReason.NOT_LEARNED
                                || (isProxy && missed.reason() == UndecodableReason.CLASS_NOT_ALLOWED),
                        () -> where + ": " + missed.reason() + " " + missed.getMessage());
            }
            assertMissed(
                    isProxy ? UndecodableReason.CLASS_NOT_ALLOWED : UndecodableReason.NOT_LEARNED,
                    codecs.get(1),
                    hostile,
                    where);
        });
        new NamingBytes(elsewhere).keys(name).forEach((where, hostile) -> {
            KeyCodec<Object> codec = node.keys(Object.class, rules(Samples.class, true), null);
            var missed = assertThrows(UndecodableException.class, () -> codec.decode(hostile), where);
            assertEquals(UndecodableReason.NOT_LEARNED, missed.reason(), where);
        });
        assertFalse(loader.lookedUp.contains(name));
        assertNull(System.getProperty(RAN));
    }

    private static ValueCodec<Object> taught(ValueCodec<Object> codec) {
        samples().forEach(value -> codec.encode(KEY, value));
        codec.encode(KEY, new Holder(new Point(1, 2)));
        codec.encode(KEY, new ShopException("m", 1, null));
        return codec;
    }

    /** Proves that the test above would see a class that is initialized. */
    @Test
    void aLearnedClassIsReadAndInitialized() throws Exception {
        Object order = make("com.shop.Order");
        assertEquals("ran", System.getProperty(RAN));
        ValueCodec<Object> codec = values(node);
        Object read = codec.decode(KEY, codec.encode(KEY, order), 0);
        assertEquals(order.getClass(), read.getClass());
    }

    private Object make(String className) throws ReflectiveOperationException {
        Constructor<?> constructor = loader.loadClass(className).getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }

    @Test
    void aGadgetIsNotLearnedThoughTheApplicationStoresOne() throws Exception {
        String gadget = "org.apache.commons.collections.functors.InvokerTransformer";
        Versions.compile(
                libraries,
                "package org.apache.commons.collections.functors; class InvokerTransformer"
                        + " implements java.io.Serializable { }");
        Object instance = make(gadget);
        ValueCodec<Object> codec = taught(values(node));
        for (Object value : List.of(instance, List.of(instance), Array.newInstance(instance.getClass(), 0))) {
            var refused = assertThrows(CacheException.class, () -> codec.encode(KEY, value));
            assertTrue(refused.getMessage().contains("class " + gadget + " is not allowed"), refused.getMessage());
            assertTrue(refused.getMessage().contains("by this name"), refused.getMessage());
        }
        byte[] bytes = elsewhere
                .values(Object.class, new CodecRules(Object.class, Object.class, List.of(gadget), 4_096, 1 << 20))
                .encode(KEY, instance);
        assertMissed(UndecodableReason.CLASS_NOT_ALLOWED, codec, bytes, gadget);
    }

    @Test
    void noGadgetIsLookedUpWhereClassesAreLearned() {
        List<ValueCodec<?>> codecs =
                List.of(node.values(Object.class, rules(Samples.class, true)), taught(values(node)));
        NamingBytes forged = new NamingBytes(elsewhere);
        loader.lookedUp.clear();
        for (String name : GadgetNames.ALL) {
            forged.values(name).forEach((where, hostile) -> {
                assertMissed(UndecodableReason.CLASS_NOT_ALLOWED, codecs.get(0), hostile, name + " as " + where);
                assertThrows(UndecodableException.class, () -> codecs.get(1).decode(KEY, hostile, 0));
            });
            assertFalse(loader.lookedUp.contains(name), name);
        }
    }

    @Test
    void aValueThatIsRefusedTeachesNoClass() {
        byte[] point = values(elsewhere).encode(KEY, new Point(1, 2));
        ValueCodec<Object> codec = values(node);
        ValueCodec<Object> small =
                node.values(Object.class, new CodecRules(Object.class, Object.class, List.of(), true, 4_096, 100));
        List<Object> nested = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            nested = new ArrayList<>(List.of(nested));
        }
        Object deep = List.of(new Point(1, 2), nested);
        TaggedList section = new TaggedList();
        @SuppressWarnings({"unchecked", "rawtypes"})
        List<Object> raw = (List) section;
        raw.addAll(List.of(new ShopException("m", 1, null), java.util.logging.Level.INFO));
        Object lambda = (Runnable) () -> {};
        for (Object value : List.of(new Pair(new Point(1, 2), lambda), new Pair(new Point(1, 2), section), deep)) {
            assertThrows(CacheException.class, () -> codec.encode(KEY, value));
        }
        assertMissed(UndecodableReason.NOT_LEARNED, codec, point, "lambda, gadget, depth");
        byte[] exception = values(elsewhere).encode(KEY, new ShopException("m", 1, null));
        assertMissed(UndecodableReason.NOT_LEARNED, codec, exception, "in a Java section");
        assertThrows(CacheException.class, () -> small.encode(KEY, new Pair(new Point(1, 2), "x".repeat(200))));
        assertMissed(UndecodableReason.NOT_LEARNED, small, values(elsewhere).encode(KEY, new Point(1, 2)), "size");
        // The next value is not affected.
        assertReads(new Point(1, 2), codec, codec.encode(KEY, new Point(1, 2)));
    }

    @Test
    void aCacheDoesNotLearnFromAnotherOne() {
        ValueCodec<Object> orders = values(node);
        byte[] bytes = orders.encode(KEY, new Point(1, 2));
        assertMissed(UndecodableReason.NOT_LEARNED, values(node), bytes, "another cache of the node");
        keys(node).encode(new Point(1, 2));
        assertMissed(UndecodableReason.NOT_LEARNED, values(node), bytes, "the keys");
        assertReads(new Point(1, 2), orders, bytes);
    }

    @Test
    void onlyTheStoredClassIsLearnedAndNotItsArrayNorItsNeighbours() {
        ValueCodec<Object> codec = values(node);
        codec.encode(KEY, new Point[0]);
        byte[] point = values(elsewhere).encode(KEY, new Point(1, 2));
        assertMissed(UndecodableReason.NOT_LEARNED, codec, point, "the element of an empty array");
        codec.encode(KEY, new Point(1, 2));
        assertReads(new Point(1, 2), codec, point);
        byte[] circle = values(elsewhere).encode(KEY, new Circle(1));
        assertMissed(UndecodableReason.NOT_LEARNED, codec, circle, "a class of the same package");
    }

    @Test
    void offMeansTheExplicitListAlone() {
        ValueCodec<Object> strict = node.values(Object.class, rules(Object.class, false));
        KeyCodec<Object> strictKeys = node.keys(Object.class, rules(Object.class, false), null);
        for (Object value : samples()) {
            var refused = assertThrows(CacheException.class, () -> strict.encode(KEY, value));
            assertTrue(refused.getMessage().contains("add it to tiered-jcache.codec.allowed"), refused.getMessage());
            byte[] bytes = values(elsewhere).encode(KEY, value);
            assertMissed(UndecodableReason.CLASS_NOT_ALLOWED, strict, bytes, value.toString());
        }
        assertThrows(CacheException.class, () -> strictKeys.encode(new Point(1, 2)));
        assertThrows(CacheException.class, () -> strictKeys.encode(Colour.RED));
    }

    @Test
    void keysAreLearnedAsValuesAre() throws UndecodableException {
        for (Object key : List.of(
                Colour.RED,
                new Point(1, 2),
                List.of(new Square(1, Colour.RED)),
                new Generic<>(List.of(new Point(3, 4))),
                new Samples.Arguments((Object) new Point[] {new Point(5, 6)}))) {
            byte[] bytes = keys(elsewhere).encode(key);
            KeyCodec<Object> codec = keys(node);
            var missed = assertThrows(UndecodableException.class, () -> codec.decode(bytes), key::toString);
            assertEquals(UndecodableReason.NOT_LEARNED, missed.reason(), missed.getMessage());
            assertArrayEquals(bytes, codec.encode(key));
            assertEquals(key, codec.decode(bytes));
        }
    }

    @Test
    void aClassThatCannotBeAKeyIsNotLearned() {
        KeyCodec<Object> codec = keys(node);
        assertThrows(CacheException.class, () -> codec.encode(new Samples.Replaced("x")));
        byte[] bytes = new NamingBytes(elsewhere)
                .keys(Samples.Replaced.class.getName())
                .get("an object");
        var missed = assertThrows(UndecodableException.class, () -> codec.decode(bytes));
        assertEquals(UndecodableReason.NOT_LEARNED, missed.reason());
    }

    @Test
    void lambdasProxiesAndClassesOfOtherLoadersAreRefusedAsBefore() throws Exception {
        ValueCodec<Object> codec = values(node);
        Object proxy = Proxy.newProxyInstance(loader, new Class<?>[] {Runnable.class}, (self, method, all) -> null);
        Map<String, Object> refusals = new LinkedHashMap<>();
        refusals.put("a lambda", (Runnable) () -> {});
        refusals.put("a proxy", proxy);
        try (URLClassLoader twin = Versions.load(libraries, "public class Order { }")) {
            Object other = twin.loadClass("Order").getConstructor().newInstance();
            refusals.put("not the class of that name", other);
            refusals.forEach((reason, value) -> {
                var refused = assertThrows(CacheException.class, () -> codec.encode(KEY, value));
                assertTrue(refused.getMessage().contains(reason), refused.getMessage());
            });
            byte[] bytes = values(elsewhere).encode(KEY, make("Order"));
            assertMissed(UndecodableReason.NOT_LEARNED, codec, bytes, "a refused class of another loader");
        }
    }

    @Test
    void aClassThatIsGoneAfterARedeployIsAMiss(@TempDir Path later) throws Exception {
        byte[] bytes = values(node).encode(KEY, make("com.shop.Order"));
        try (URLClassLoader without = Versions.load(later, "public class Order { }");
                Codecs redeployed = new Codecs(without)) {
            assertMissed(UndecodableReason.NOT_LEARNED, values(redeployed), bytes, "not named by a setting");
            CodecRules rules = new CodecRules(Object.class, Object.class, List.of("com.shop.*"), true, 4_096, 1 << 20);
            ValueCodec<Object> configured = redeployed.values(Object.class, rules);
            assertMissed(UndecodableReason.CLASS_CHANGED, configured, bytes, "named by a setting");
        }
    }

    @Test
    void manyThreadsLearnAtOnce() throws Exception {
        ValueCodec<Object> codec = values(node);
        List<Object> all = samples();
        AtomicInteger next = new AtomicInteger();
        Crew.together(8, () -> {
            for (int i = 0; i < 200; i++) {
                Object value = all.get(next.getAndIncrement() % all.size());
                assertReads(value, codec, codec.encode(KEY, value));
            }
            return null;
        });
    }

    @Test
    void theNumberOfLearnedClassesIsBounded() {
        ClassDescriptors descriptors = DescriptorFactory.all();
        AllowList list = new AllowList(loader, descriptors, rules(Object.class, true));
        List<Class<?>> generated = Stream.of(Samples.class.getDeclaredClasses())
                .filter(each -> !each.isInterface() && descriptors.get(each).refusal() == null)
                .flatMap(LearnedClassesTest::arrays)
                .limit(CLASSES_MAX + 1)
                .toList();
        assertEquals(CLASSES_MAX + 1, generated.size());
        Class<?> last = generated.get(CLASSES_MAX);
        generated.subList(0, CLASSES_MAX).forEach(list::checkAndLearn);
        var refused = assertThrows(UnencodableException.class, () -> list.checkAndLearn(last));
        assertTrue(refused.getMessage().contains("has learned 10000 classes"), refused.getMessage());
        assertTrue(refused.getMessage().contains("add it to tiered-jcache.codec.allowed"), refused.getMessage());
        // What was learned and what is allowed is not affected.
        list.checkAndLearn(generated.get(0));
        list.checkAndLearn(ArrayList.class);
        ClassDescriptor known = list.resolve(generated.get(0).getName());
        assertEquals(generated.get(0), known.type());
    }

    private static Stream<Class<?>> arrays(Class<?> element) {
        return Stream.iterate(1, dimensions -> dimensions + 1)
                .limit(255)
                .map(dimensions ->
                        Array.newInstance(element, new int[dimensions]).getClass());
    }

    @ParameterizedTest
    @CsvSource({
        "fish.payara.cdi.jsr107.implementation,PayaraGeneratedCacheKey,values,hashCode",
        "org.apache.commons.jcs3.jcache.cdi,GeneratedCacheKeyImpl,params,hash",
        "org.infinispan.jcache.annotation,DefaultCacheKey,parameters,hashCode",
        "org.jsr107.ri.annotations,DefaultGeneratedCacheKey,parameters,hashCode"
    })
    void keysOfAnnotationsNeedNoRuleAndTheirHashIsNotStored(
            String packageName, String className, String arrayField, String hashField) throws Exception {
        // As in the sources of these projects.
        String source = """
                package %1$s;
                import java.util.Arrays;
                class %2$s implements java.io.Serializable {
                    private final Object[] %3$s;
                    private final int %4$s;
                    %2$s(Object[] all) { %3$s = all; %4$s = Arrays.deepHashCode(all); }
                    public int hashCode() { return %4$s; }
                    public boolean equals(Object other) {
                        return other instanceof %2$s that && %4$s == that.%4$s
                                && Arrays.deepEquals(%3$s, that.%3$s);
                    }
                }
                """;
        Versions.compile(libraries, source.formatted(packageName, className, arrayField, hashField));
        Constructor<?> constructor =
                loader.loadClass(packageName + "." + className).getDeclaredConstructor(Object[].class);
        constructor.setAccessible(true);
        Object key = constructor.newInstance((Object) new Object[] {"tea", 1, Colour.RED, new int[] {1}});
        CodecRules rules =
                new CodecRules(Object.class, Object.class, List.of(Colour.class.getName()), false, 4_096, 100);
        KeyCodec<Object> codec = node.keys(Object.class, rules, null);
        byte[] bytes = codec.encode(key);
        assertEquals(key, codec.decode(bytes));
        assertEquals(key.hashCode(), codec.decode(bytes).hashCode());
        // The hash of an enum differs between JVMs.
        Field hash = key.getClass().getDeclaredField(hashField);
        hash.setAccessible(true);
        hash.setInt(key, 5);
        assertArrayEquals(bytes, codec.encode(key));
    }

    @Test
    void classesOfFrameworksNeedNoRule() {
        AllowList list = new AllowList(loader, DescriptorFactory.all(), rules(Object.class, false));
        for (String name : List.of(
                "org.hibernate.cache.spi.entry.StandardCacheEntryImpl",
                "org.hibernate.cache.spi.support.AbstractReadWriteAccess$SoftLockImpl",
                "org.apache.shiro.session.mgt.SimpleSession",
                "io.micronaut.cache.interceptor.ParametersKey")) {
            assertTrue(list.allows(name), name);
        }
    }

    /** Records the names of the classes that are looked up. */
    private static final class Recording extends URLClassLoader {
        private final Set<String> lookedUp = ConcurrentHashMap.newKeySet();

        Recording(URL libraries) {
            super(new URL[] {libraries}, LearnedClassesTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            lookedUp.add(name);
            return super.loadClass(name, resolve);
        }
    }
}
