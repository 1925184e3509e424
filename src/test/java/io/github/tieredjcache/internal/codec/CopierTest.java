package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.codec.Samples.Basket;
import io.github.tieredjcache.internal.codec.Samples.Colour;
import io.github.tieredjcache.internal.codec.Samples.Entity;
import io.github.tieredjcache.internal.codec.Samples.FinalChild;
import io.github.tieredjcache.internal.codec.Samples.FinalParent;
import io.github.tieredjcache.internal.codec.Samples.Generic;
import io.github.tieredjcache.internal.codec.Samples.Holder;
import io.github.tieredjcache.internal.codec.Samples.Identifier;
import io.github.tieredjcache.internal.codec.Samples.Loop;
import io.github.tieredjcache.internal.codec.Samples.Outer;
import io.github.tieredjcache.internal.codec.Samples.Pair;
import io.github.tieredjcache.internal.codec.Samples.Point;
import io.github.tieredjcache.internal.codec.api.Copier;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A copy shares immutable parts and copies mutable ones, so that changes of the copy do not change the original. */
@SuppressWarnings("JavaUtilDate") // users store the old dates, too
class CopierTest {
    private final Copier copier = new Codecs(CopierTest.class.getClassLoader()).copier();

    @Test
    void deeplyImmutableValuesAreShared() {
        for (Object value : List.of(
                "text",
                1_000,
                1_000L,
                new BigDecimal("1.5"),
                UUID.randomUUID(),
                Instant.now(),
                Colour.GREEN,
                new Point(1, 2),
                List.of("a"),
                Map.of("k", 1),
                Set.of(1),
                Optional.of("x"),
                new Identifier("i"),
                new Generic<>(List.of(new Point(1, 2))),
                new Basket("o", List.of("i"), Optional.of(new Point(1, 1))),
                Map.entry(1, 2),
                new Final(List.of(new Final("x"))),
                String.class)) {
            assertSame(value, copier.copy(value));
        }
    }

    /** Immutable if its part is. */
    private static final class Final {
        private final Object part;

        Final(Object part) {
            this.part = part;
        }
    }

    /** Its state is not stored, and one caller's must not become another's. */
    @Test
    void anObjectWithATransientFieldIsNotShared() {
        Marked flat = new Marked("name", null);
        Marked deep = new Marked("name", Optional.of(new Point(1, 2)));
        for (Marked value : List.of(flat, deep)) {
            value.mark = "of one caller";
            Marked copy = copier.copy(value);
            assertNotSame(value, copy);
            assertEquals("name", copy.name);
            assertSame(value.part, copy.part);
            assertNull(copy.mark);
        }
    }

    private static final class Marked {
        private final String name;
        private final Object part;
        private transient String mark;

        Marked(String name, Object part) {
            this.name = name;
            this.part = part;
        }
    }

    @Test
    void aRecordWithAMutablePartIsRebuilt() {
        Basket basket = new Basket(new String("owner"), new ArrayList<>(List.of("x")), Optional.of(new Point(1, 2)));
        Basket copy = copier.copy(basket);
        assertEquals(basket, copy);
        copy.items().add("y");
        assertEquals(List.of("x"), basket.items());
        assertSame(basket.owner(), copy.owner());
        assertSame(basket.place(), copy.place());
    }

    @Test
    void mutablePartsAreCopiedAtEveryLevel() {
        int[] numbers = {1};
        Map<String, Object> map = new HashMap<>();
        map.put("list", List.of(Optional.of(numbers)));
        map.put("view", Arrays.asList(numbers, null));
        map.put("final", new Final(numbers));
        map.put("set", Set.of(new Holder(numbers)));
        map.put("enum", new EnumMap<>(Map.of(Colour.RED, numbers)));
        map.put("entry", new AbstractMap.SimpleEntry<>("k", numbers));
        map.put("reference", new AtomicReference<>(numbers));
        map.put("array", new Object[] {numbers});
        map.put("date", new Date(5));
        map.put("enums", EnumSet.of(Colour.RED));
        Map<String, Object> copy = copier.copy(map);
        numbers[0] = 2;
        ((Date) map.get("date")).setTime(6);
        int[] copied = (int[]) ((Optional<?>) ((List<?>) copy.get("list")).get(0)).orElseThrow();
        assertArrayEquals(new int[] {1}, copied);
        assertSame(copied, ((List<?>) copy.get("view")).get(0));
        assertSame(copied, ((Holder) ((Set<?>) copy.get("set")).iterator().next()).content);
        assertSame(copied, ((Final) copy.get("final")).part);
        assertSame(copied, ((Map<?, ?>) copy.get("enum")).get(Colour.RED));
        assertSame(copied, ((Map.Entry<?, ?>) copy.get("entry")).getValue());
        assertSame(copied, ((AtomicReference<?>) copy.get("reference")).get());
        assertSame(copied, ((Object[]) copy.get("array"))[0]);
        assertEquals(new Date(5), copy.get("date"));
        assertNotSame(map.get("enums"), copy.get("enums"));
    }

    @Test
    void anEntityAndItsCopyAreIndependent() {
        Entity entity = Entity.sample();
        Entity copy = copier.copy(entity);
        assertEquals(entity, copy);
        assertNotSame(entity, copy);
        copy.name = "other";
        assertEquals("Grace Hopper", entity.name);
        assertSame(entity.price, copy.price);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 9, 24, 25, 96, 97, 5_000})
    void sharedObjectsStaySharedHoweverManyThereAre(int count) {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(new Holder(i));
        }
        list.addAll(new ArrayList<>(list));
        List<Object> copy = copier.copy(list);
        for (int i = 0; i < count; i++) {
            assertEquals(i, ((Holder) copy.get(i)).content);
            assertSame(copy.get(i), copy.get(count + i));
            assertNotSame(list.get(i), copy.get(i));
        }
    }

    @Test
    void aMutableMapKeyIsCopiedAndFound() {
        List<Object> word = new ArrayList<>(List.of("x"));
        Map<Object, Object> map = new HashMap<>();
        map.put("text", word);
        map.put(new Generic<>(word), "by its content");
        // The key refers to the map, so its copy is hashed when the copy of the map is complete.
        Holder back = new Holder(map);
        map.put(new Pair("back", back), back);
        map.put(null, null);
        Map<Object, Object> copy = copier.copy(map);
        word.clear();
        assertEquals(4, copy.size());
        assertEquals("by its content", copy.get(new Generic<>(List.of("x"))));
        Holder copied = (Holder) copy.get(new Pair("back", copyOfBack(copy)));
        assertSame(copy, copied.content);
        assertTrue(copy.containsKey(null));
    }

    private static Object copyOfBack(Map<Object, Object> copy) {
        return copy.values().stream()
                .filter(Holder.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void objectsOfFinalFieldsInACycleAreCopied() {
        FinalParent parent = new FinalParent();
        parent.children.add(new FinalChild(parent));
        FinalParent copy = copier.copy(parent);
        assertNotSame(parent, copy);
        assertSame(copy, copy.children.get(0).parent);
        assertSame(parent.name, copy.name);
        copier.copy(new FinalChild(parent)).parent.children.clear();
        assertEquals(1, parent.children.size());
    }

    @Test
    void anInnerObjectIsCopiedWithItsOuterOne() {
        Outer outer = new Outer();
        Outer.Inner copy = copier.copy(outer.new Inner());
        outer.name = "changed";
        assertEquals("outer/inner", copy.describe());
    }

    @Test
    void aSerializableJdkObjectIsCopiedByJavaSerialization() {
        assertEquals("a+", copier.copy(Pattern.compile("a+")).pattern());
        Holder copy = copier.copy(new Holder(new ReentrantLock()));
        assertInstanceOf(ReentrantLock.class, copy.content);
    }

    @Test
    void anObjectThatJavaSerializationCopiesStaysOneObject() {
        Object shared = new IllegalStateException("message");
        Object[] copy = copier.copy(new Object[] {shared, shared});
        assertNotSame(shared, copy[0]);
        assertSame(copy[0], copy[1]);
    }

    @Test
    void aSerializableProxyIsCopied() {
        Handler handler = new Handler(List.of("x"));
        Object proxy = Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Supplier.class}, handler);
        Supplier<?> copy = (Supplier<?>) copier.copy(new Holder(proxy)).content;
        assertNotSame(proxy, copy);
        assertEquals(List.of("x"), copy.get());
    }

    private record Handler(Object result) implements InvocationHandler, Serializable {
        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return result;
        }
    }

    @Test
    void anObjectThatCannotBeCopiedIsRefusedWithNameAndPath() {
        CacheException thread = assertThrows(
                CacheException.class, () -> copier.copy(new Generic<>(new Holder(Thread.currentThread()))));
        assertTrue(thread.getMessage().contains("value.content.content"), thread.getMessage());
        assertTrue(
                thread.getMessage().contains(Thread.currentThread().getClass().getName()), thread.getMessage());
        assertThrows(CacheException.class, () -> copier.copy((Runnable) () -> {}));
        Loop loop = new Loop(new ArrayList<>());
        loop.parts().add(loop);
        assertThrows(CacheException.class, () -> copier.copy(loop));
        Holder chain = new Holder(null);
        for (int i = 0; i < 10_000; i++) {
            chain = new Holder(chain);
        }
        Holder deep = chain;
        assertTrue(assertThrows(CacheException.class, () -> copier.copy(deep))
                .getMessage()
                .contains("400 levels"));
    }
}
