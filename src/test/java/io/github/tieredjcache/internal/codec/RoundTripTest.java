package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.codec.Samples.Colour;
import io.github.tieredjcache.internal.codec.Samples.Generic;
import io.github.tieredjcache.internal.codec.Samples.Holder;
import io.github.tieredjcache.internal.codec.Samples.Node;
import io.github.tieredjcache.internal.codec.Samples.Outer;
import io.github.tieredjcache.internal.codec.Samples.Point;
import io.github.tieredjcache.internal.codec.Samples.ShopException;
import io.github.tieredjcache.internal.codec.Samples.Singleton;
import io.github.tieredjcache.internal.codec.Samples.Transients;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of value that users store is either read and copied as it was, or refused by name. */
@SuppressWarnings({"JavaUtilDate", "JdkObsolete", "UnnecessaryStringBuilder", "UnusedVariable"
}) // users store such values
class RoundTripTest {
    private static final byte[] KEY = {'k'};

    private final Codecs codecs = new Codecs(RoundTripTest.class.getClassLoader());
    private final ValueCodec<Object> codec = codecs.values(Object.class, rules());

    static CodecRules rules(String... allowed) {
        return new CodecRules(String.class, Samples.class, List.of(allowed), 1_024, 1 << 24);
    }

    private Object roundTrip(Object value) {
        try {
            byte[] bytes = codec.encode(KEY, value);
            byte[] entry = new byte[bytes.length + 5];
            System.arraycopy(bytes, 0, entry, 5, bytes.length);
            return codec.decode(KEY, entry, 5);
        } catch (UndecodableException e) {
            throw new AssertionError(e.reason() + ": " + e.getMessage(), e.getCause());
        }
    }

    static Stream<Arguments> arrays() {
        return Stream.<Object>of(
                        new byte[] {1, -1},
                        new boolean[] {true, false},
                        new char[] {'a', '\uffff'},
                        new short[] {-1, 300},
                        new int[] {1, Integer.MIN_VALUE},
                        new long[] {1, -1},
                        new float[] {1.5f},
                        new double[] {0.1},
                        new int[0],
                        new String[] {"a", null},
                        new Object[] {1, "b", new int[] {1}},
                        new Point[] {new Point(1, 2), null},
                        new int[][] {{1}, null, {2, 3}},
                        new Colour[] {Colour.GREEN},
                        new Number[] {1, 2.0},
                        new List<?>[] {List.of(1)})
                .map(array -> Arguments.of(array));
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void aDecodedArrayHasItsElementType(Object array) {
        for (Object back : List.of(roundTrip(array), codecs.copier().copy(array))) {
            assertSame(array.getClass(), back.getClass());
            assertNotSame(array, back);
            assertTrue(Objects.deepEquals(array, back));
        }
    }

    @Test
    void aDecodedExceptionHasMessageCauseTraceAndFields() {
        ShopException thrown = new ShopException("sold out", 42, new IllegalStateException("inner"));
        thrown.addSuppressed(new java.io.IOException("late"));
        ShopException back = (ShopException) roundTrip(thrown);
        assertEquals("sold out", back.getMessage());
        assertEquals(42, back.code);
        assertEquals("inner", back.getCause().getMessage());
        assertEquals("late", back.getSuppressed()[0].getMessage());
        assertArrayEquals(thrown.getStackTrace(), back.getStackTrace());
        assertEquals("x", ((Exception) roundTrip(new IllegalArgumentException("x"))).getMessage());
        assertEquals("sold out", codecs.copier().copy(thrown).getMessage());
    }

    @Test
    void cyclesAndSharedObjectsArePreserved() {
        Node root = new Node("root");
        Node child = new Node("child");
        child.parent = root;
        root.children.add(child);
        root.children.add(child);
        root.friends.add(child);
        root.friends.add(root);
        root.next = root;
        for (Node back : List.of((Node) roundTrip(root), codecs.copier().copy(root))) {
            assertNotSame(root, back);
            assertSame(back, back.next);
            assertSame(back, back.children.get(0).parent);
            assertSame(back.children.get(0), back.children.get(1));
            assertTrue(back.friends.contains(back));
            assertTrue(back.friends.contains(back.children.get(0)));
            assertEquals(2, back.friends.size());
        }
        List<Object> self = new ArrayList<>();
        self.add(self);
        List<?> back = (List<?>) roundTrip(self);
        assertSame(back, back.get(0));
    }

    @Test
    void aSetOfAnObjectThatIsReadBeforeItsFieldsFindsIt() {
        // The friends of the root are read before its name, on which its hash code depends.
        Node root = new Node("root");
        Node friend = new Node("friend");
        friend.friends.add(root);
        friend.friends.add(friend);
        root.friends.add(friend);
        Node back = (Node) roundTrip(root);
        Node backFriend = back.friends.iterator().next();
        assertTrue(backFriend.friends.contains(back));
        assertTrue(backFriend.friends.contains(backFriend));
    }

    @Test
    void aMapKeyThatRefersBackToItsOwnerIsFound() {
        Node root = new Node("root");
        Holder holder = new Holder(null);
        Map<Node, Object> map = new HashMap<>(Map.of(root, "r"));
        holder.content = map;
        root.children = new ArrayList<>();
        root.next = new Node("next");
        Map<Object, Object> outer = new HashMap<>();
        outer.put("self", outer);
        outer.put("holder", holder);
        Map<?, ?> back = (Map<?, ?>) roundTrip(outer);
        assertSame(back, back.get("self"));
        assertEquals("r", ((Map<?, ?>) ((Holder) back.get("holder")).content).get(new Node("root")));
    }

    @Test
    void aRecordWithAListMayBeAKeyAndAValueAtOnce() {
        Generic<Object> key = new Generic<>(new ArrayList<>(List.of("a", 1)));
        Map<Object, Object> map = new HashMap<>(Map.of(key, new Holder(key)));
        Map<?, ?> back = (Map<?, ?>) roundTrip(map);
        assertEquals(key, ((Holder) back.get(key)).content);
        assertEquals(List.of(key, Set.of(key)), roundTrip(List.of(key, new HashSet<>(List.of(key)))));
    }

    @Test
    void theSecondReferenceToAnImmutableListIsThatList() {
        List<Object> shared = List.of(new int[] {1});
        List<?> back = (List<?>) roundTrip(new ArrayList<>(List.of(shared, shared)));
        assertSame(back.get(0), back.get(1));
        Point point = new Point(1, 2);
        Object[] points = (Object[]) roundTrip(new Object[] {point, point});
        assertSame(points[0], points[1]);
    }

    @Test
    void anInnerObjectKeepsItsOuterOne() {
        Outer.Inner back = (Outer.Inner) roundTrip(new Outer().new Inner());
        assertEquals("outer/inner", back.describe());
    }

    @Test
    void anEnumConstantWithABodyIsReadAsItself() {
        assertTrue(((Colour) roundTrip(Colour.GREEN)).isCalm());
        assertSame(Colour.GREEN, roundTrip(Colour.GREEN));
        assertSame(Singleton.INSTANCE, roundTrip(Singleton.INSTANCE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\u007f", "\u0080", "\u00ff", "\u0100", "a\u0100", "\ud83d\ude00", "\ud83d", "\ude00\ud83d"})
    void aTextIsReadAsItWasWhateverItsCharacters(String text) {
        assertEquals(text, roundTrip(text));
        assertEquals(List.of(text, "x"), roundTrip(List.of(text, "x")));
    }

    @Test
    void aCalendarKeepsItsOwnRules() {
        GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone("Asia/Tokyo"), Locale.ROOT);
        calendar.setLenient(false);
        calendar.setFirstDayOfWeek(Calendar.WEDNESDAY);
        calendar.setMinimalDaysInFirstWeek(5);
        calendar.setGregorianChange(new Date(0));
        calendar.setTimeInMillis(1_000_000_000_000L);
        for (Object back : List.of(roundTrip(calendar), codecs.copier().copy(calendar))) {
            assertEquals(calendar, back);
            assertNotSame(calendar, back);
        }
    }

    @Test
    void transientFieldsAreLeftOut() {
        Transients back = (Transients) roundTrip(new Transients());
        assertEquals("kept", back.kept);
        assertNull(back.dropped);
        assertNull(codecs.copier().copy(new Transients()).dropped);
    }
}
