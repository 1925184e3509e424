package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.graph.SectionClasses;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two references to one object still lead to one object after reading, also through Java sections. */
class IdentityTest {
    private static final byte[] KEY = {'k'};

    private static final Codecs CODECS = new Codecs(IdentityTest.class.getClassLoader());
    private static final ValueCodec<Object> VALUES =
            CODECS.values(Object.class, new CodecRules(String.class, Samples.class, List.of(), 1_024, 1 << 20));

    static final class Cart implements Serializable {
        private static final long serialVersionUID = 1L;

        Items items = new Items();
        Item selected;
        HashMap<String, Object> view = new HashMap<>();
    }

    static final class Item implements Serializable {
        private static final long serialVersionUID = 1L;

        Cart cart;
        Serializable more;

        Item(Cart cart) {
            this.cart = cart;
        }
    }

    /** Only Java serialization can write it. */
    static final class Items extends ArrayList<Item> {
        private static final long serialVersionUID = 1L;
    }

    /** As Kotlin compiles {@code object Nothing : Serializable}. */
    static final class Only implements Serializable {
        private static final long serialVersionUID = 1L;

        static final Only INSTANCE = new Only();

        private Only() {}
    }

    /** As Kotlin compiles {@code data object}: {@code readResolve} returns the singleton. */
    static final class Resolved implements Serializable {
        private static final long serialVersionUID = 1L;

        static final Resolved INSTANCE = new Resolved();

        private Resolved() {}

        private Object readResolve() {
            return INSTANCE;
        }
    }

    /** As Kotlin compiles {@code object Plain}. */
    static final class Plain {
        static final Plain INSTANCE = new Plain();

        private Plain() {}
    }

    static Stream<Arguments> ways() {
        return Stream.of(
                Arguments.of("Redis", (UnaryOperator<Object>) IdentityTest::roundTrip),
                Arguments.of("memory", (UnaryOperator<Object>) CODECS.copier()::copy));
    }

    private static Object roundTrip(Object value) {
        try {
            return VALUES.decode(KEY, VALUES.encode(KEY, value), 0);
        } catch (UndecodableException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void aPartThatRefersBackRefersToTheSameObject(String name, UnaryOperator<Object> way) {
        Cart cart = new Cart();
        cart.items.add(new Item(cart));
        cart.items.add(new Item(cart));
        Cart back = (Cart) way.apply(cart);
        assertNotSame(cart, back);
        assertEquals(2, back.items.size());
        assertSame(back, back.items.get(0).cart);
        assertSame(back, back.items.get(1).cart);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void aSectionPartReferredToFromOutsideStaysOneObject(String name, UnaryOperator<Object> way) {
        Cart cart = new Cart();
        cart.items.add(new Item(null));
        cart.items.add(new Item(cart));
        cart.items.get(0).more = new ArrayList<>(List.of(cart.items.get(1)));
        cart.selected = cart.items.get(1);
        cart.view.put("first", cart.items.get(0));
        Cart back = (Cart) way.apply(cart);
        assertSame(back.items.get(1), back.selected);
        assertSame(back.items.get(0), back.view.get("first"));
        assertSame(back, back.selected.cart);
        assertSame(back.selected, ((List<?>) back.items.get(0).more).get(0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void twoJavaSectionsShareTheirCommonParts(String name, UnaryOperator<Object> way) {
        Item item = new Item(null);
        Items one = new Items();
        Items other = new Items();
        one.add(item);
        one.add(item);
        other.add(item);
        List<?> back = (List<?>) way.apply(new ArrayList<>(List.of(one, other)));
        Items first = (Items) back.get(0);
        assertSame(first.get(0), first.get(1));
        assertSame(first.get(0), ((Items) back.get(1)).get(0));
    }

    @Test
    void aSharedPartThatRefersBackThroughAJavaSectionIsRefused() {
        Cart cart = new Cart();
        Item item = new Item(null);
        item.more = cart.items;
        cart.items.add(item);
        cart.selected = item;
        CacheException refused = assertThrows(CacheException.class, () -> VALUES.encode(KEY, cart));
        assertTrue(refused.getMessage().contains("cycle through a " + Items.class.getName()), refused.getMessage());
        Cart copy = CODECS.copier().copy(cart);
        assertSame(copy.items, copy.selected.more);
        cart.selected = null;
        Cart back = (Cart) roundTrip(cart);
        assertSame(back.items, back.items.get(0).more);
    }

    /** Only Java serialization can write it. */
    static final class Bag extends ArrayList<Object> {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void aListThatAKeySharesThroughAJavaSectionIsRefused() {
        List<Object> shared = new ArrayList<>(List.of("x"));
        Bag bag = new Bag();
        bag.add(shared);
        Map<Object, Object> map = new HashMap<>();
        map.put(bag, shared);
        CacheException refused = assertThrows(CacheException.class, () -> VALUES.encode(KEY, map));
        assertTrue(refused.getMessage().contains("within a key of a hash table"), refused.getMessage());
        Map<?, ?> copy = CODECS.copier().copy(map);
        assertSame(((Bag) copy.keySet().iterator().next()).get(0), copy.get(bag));
    }

    /** Its field {@code keys} is read before {@code name}, on which its hash code depends. */
    static final class Owner implements Serializable {
        private static final long serialVersionUID = 1L;

        HashSet<Object> keys = new HashSet<>();
        String name = "n";

        @Override
        public boolean equals(Object other) {
            return other instanceof Owner that && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    /** Only Java serialization can write it, and its hash code is that of its elements. */
    static final class Owners extends ArrayList<Owner> {
        private static final long serialVersionUID = 1L;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void aKeyThatRefersBackToItsOwnerIsFound(String name, UnaryOperator<Object> way) {
        Owner owner = new Owner();
        Owners owners = new Owners();
        owners.add(owner);
        owner.keys.add(owners);
        Owner back = (Owner) way.apply(owner);
        Owners key = (Owners) back.keys.iterator().next();
        assertSame(back, key.get(0));
        assertTrue(back.keys.contains(key));
    }

    /** As Guava's immutable lists: another object replaces it in the stream. */
    static final class Frozen extends AbstractList<Object> implements Serializable {
        private static final long serialVersionUID = 1L;

        private final transient Object[] items;

        Frozen(Object... items) {
            this.items = items;
        }

        @Override
        public Object get(int index) {
            return items[index];
        }

        @Override
        public int size() {
            return items.length;
        }

        private Object writeReplace() {
            return new Content(List.of(items));
        }

        private record Content(List<Object> items) implements Serializable {
            private Object readResolve() {
                return new Frozen(items.toArray());
            }
        }
    }

    /** Not serializable. */
    static final class Line {
        final String text;
        Object more;

        Line(String text) {
            this.text = text;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void partsThatAreNotSerializableAreStoredWithinAJavaSection(String name, UnaryOperator<Object> way) {
        Line shared = new Line("shared");
        shared.more = new Line("below");
        Frozen frozen = new Frozen(shared, shared, new Frozen(new Line("deeper")), "text");
        Object[] back = (Object[]) way.apply(new Object[] {frozen, shared});
        Frozen list = (Frozen) back[0];
        Line line = (Line) list.get(0);
        assertNotSame(shared, line);
        assertEquals("shared", line.text);
        assertEquals("below", ((Line) line.more).text);
        assertSame(line, list.get(1));
        assertSame(line, back[1]);
        assertEquals("deeper", ((Line) ((Frozen) list.get(2)).get(0)).text);
        assertEquals("text", list.get(3));
    }

    @Test
    void aPartThatCannotBeStoredIsNamed() {
        Frozen frozen = new Frozen(new Thread());
        CacheException refused = assertThrows(CacheException.class, () -> VALUES.encode(KEY, frozen));
        assertTrue(refused.getMessage().contains("java.lang.Thread"), refused.getMessage());
    }

    @Test
    void aGraphWithoutSharedPartsIsWrittenWithoutHandles() {
        Cart cart = new Cart();
        cart.items.add(new Item(null));
        String text = new String(VALUES.encode(KEY, cart), StandardCharsets.ISO_8859_1);
        assertFalse(text.contains(SectionClasses.GRAPH_HANDLE), text);
    }

    @Test
    void aHandleIsWrittenUnderTheNameThatEarlierVersionsRead() {
        Cart cart = new Cart();
        cart.items.add(new Item(cart));
        String text = new String(VALUES.encode(KEY, cart), StandardCharsets.ISO_8859_1);
        assertTrue(text.contains("io.github.tieredjcache.internal.codec.JavaForm$Outside"), text);
        assertFalse(text.contains("GraphHandle"), text);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void aSingletonIsReadAsItself(String name, UnaryOperator<Object> way) {
        for (Object only : List.of(Only.INSTANCE, Resolved.INSTANCE, Plain.INSTANCE)) {
            assertSame(only, way.apply(only));
            List<?> list = (List<?>) way.apply(new ArrayList<>(List.of(only, only)));
            assertSame(only, list.get(0));
            assertSame(only, list.get(1));
        }
        Items items = new Items();
        Item item = new Item(null);
        item.more = new Object[] {Only.INSTANCE, Resolved.INSTANCE};
        items.add(item);
        Object[] back = (Object[]) ((Items) way.apply(items)).get(0).more;
        assertSame(Only.INSTANCE, back[0]);
        assertSame(Resolved.INSTANCE, back[1]);
    }
}
