package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.Samples.Holder;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

/** What the keys of hash tables share with the rest of a value, and what hashing them may cost. */
@SuppressWarnings("UnusedVariable") // stored
class KeysOfTablesTest {
    private static final byte[] KEY = {'k'};
    private static final byte LIST = 82;
    private static final byte HASH_SET = 92;

    private final Codecs codecs = new Codecs(getClass().getClassLoader());
    private final ValueCodec<Object> codec =
            codecs.values(Object.class, new CodecRules(String.class, Samples.class, List.of(), 1_024, 16 << 20));

    private Object roundTrip(Object value) throws UndecodableException {
        return codec.decode(KEY, codec.encode(KEY, value), 0);
    }

    private static List<Object> list(Object... elements) {
        return new ArrayList<>(Arrays.asList(elements));
    }

    private void assertSharedPartIsRefused(Object value) {
        CacheException refused = assertThrows(CacheException.class, () -> codec.encode(KEY, value));
        assertTrue(
                refused.getMessage().contains("the same java.util.ArrayList is referred to twice"),
                refused::getMessage);
    }

    @Test
    void aListThatAnObjectWithinAKeySharesIsRefusedWhereverTheOtherReferenceIs() {
        List<Object> shared = list("x");
        Map<Object, Object> byHolder = new HashMap<>(Map.of(new Holder(shared), "value"));
        assertSharedPartIsRefused(list(byHolder, shared));
        assertSharedPartIsRefused(list(shared, byHolder));
        assertSharedPartIsRefused(list(new Holder(1), byHolder, new Holder(shared)));
        assertSharedPartIsRefused(list(byHolder, new HashSet<>(List.of(new Holder(shared)))));
        List<Object> root = list();
        root.add(new HashSet<>(List.of(new Holder(root))));
        assertSharedPartIsRefused(root);
    }

    @Test
    void aListOutsideOfKeysIsSharedWhateverKeysTheValueHas() throws Exception {
        List<Object> shared = list("x");
        Set<Object> keys = new HashSet<>(List.of(new Holder(list("y"))));
        List<?> back = (List<?>) roundTrip(list(new Holder(1), keys, shared, shared));
        assertSame(back.get(2), back.get(3));
        assertEquals(list("x"), back.get(2));
    }

    /** Has the hash code of all others. */
    private static final class Alike {
        private final int number;
        private final Object more;

        Alike(int number, Object more) {
            this.number = number;
            this.more = more;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Alike that && number == that.number;
        }

        @Override
        public int hashCode() {
            return 7;
        }
    }

    @Test
    void keysOfOneHashCodeAreChargedForAllTheirParts() throws Exception {
        List<Object> large = list();
        List<Object> small = list();
        for (int i = 0; i < 600; i++) {
            large.add(new Alike(i, tree(4)));
            small.add(new Alike(i, null));
        }
        assertEquals(new HashSet<>(small), roundTrip(new HashSet<>(small)));
        assertKeysCostTooMuch(codec.encode(KEY, large), new HashSet<>(large));
    }

    /** An object that may be shared within a key; its keys are read before its tree. */
    private static final class Branch {
        private Object keys;
        private Object tree;

        Branch(Object keys, Object tree) {
            this.keys = keys;
            this.tree = tree;
        }
    }

    /** Returns an object of few bytes with so many parts as paths lead to its leaves. */
    private static Object tree(int levels) {
        Object tree = new Branch("a", "b");
        for (int i = 0; i < levels; i++) {
            tree = new Branch(tree, tree);
        }
        return tree;
    }

    @Test
    @SuppressWarnings("unchecked")
    void aKeyThatRefersToAnIncompleteObjectIsChargedForTheCompleteOne() throws Exception {
        Branch owner = new Branch(list(), tree(20));
        ((List<Object>) owner.keys).add(owner);
        byte[] asList = codec.encode(KEY, owner);
        owner.keys = new HashSet<>(list(owner));
        assertKeysCostTooMuch(asList, owner);
        owner.tree = tree(3);
        Branch back = (Branch) roundTrip(owner);
        assertTrue(((Set<?>) back.keys).contains(back));
        assertNotNull(roundTrip(tree(300)), "the next value is not charged for an object of the same number");
    }

    private void assertKeysCostTooMuch(byte[] asList, Object asSet) {
        CacheException refused = assertThrows(CacheException.class, () -> codec.encode(KEY, asSet));
        assertTrue(
                refused.getMessage().contains("hashing and comparing its keys takes more than"), refused::getMessage);
        byte[] forged = firstListAsSet(asList);
        UndecodableException miss = assertThrows(UndecodableException.class, () -> codec.decode(KEY, forged, 0));
        assertEquals(UndecodableReason.LIMIT, miss.reason(), miss::getMessage);
    }

    private static byte[] firstListAsSet(byte[] entry) {
        byte[] payload = HostileEntry.payload(entry);
        int at = 0;
        while (payload[at] != LIST || payload[at + 1] != 1) {
            at++;
        }
        payload[at] = HASH_SET;
        return HostileEntry.around(KEY, payload, 0);
    }

    /** Only Java serialization can write it. */
    private static final class Bag extends ArrayList<Object> {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void aKeyIsChargedForWhatItsJavaSectionRefersTo() throws Exception {
        Object small = tree(3);
        Bag bag = new Bag();
        bag.add(small);
        List<?> back = (List<?>) roundTrip(list(small, new HashSet<>(list(bag))));
        assertSame(back.get(0), ((Bag) ((Set<?>) back.get(1)).iterator().next()).get(0));
        Object large = tree(20);
        bag.set(0, large);
        CacheException refused =
                assertThrows(CacheException.class, () -> codec.encode(KEY, list(large, new HashSet<>(list(bag)))));
        assertTrue(refused.getMessage().contains("hashing and comparing its keys"), refused::getMessage);
    }

    @Test
    void aPutIsAcceptedExactlyIfReadersAcceptItsBytes() throws Exception {
        Object tree = tree(18);
        int accepted = 1 << 20;
        int refused = 0;
        while (accepted - refused > 1) {
            int padding = (accepted + refused) / 2;
            if (isAccepted(tree, padding)) {
                accepted = padding;
            } else {
                refused = padding;
            }
        }
        assertTrue(refused > 0, "no padding is refused");
        assertNotNull(codec.decode(KEY, forged(tree, accepted), 0));
        byte[] shorter = forged(tree, refused);
        UndecodableException miss = assertThrows(UndecodableException.class, () -> codec.decode(KEY, shorter, 0));
        assertEquals(UndecodableReason.LIMIT, miss.reason());
    }

    private static Object padded(Object keys, int padding) {
        return new Object[] {keys, new byte[padding]};
    }

    private boolean isAccepted(Object tree, int padding) {
        try {
            codec.encode(KEY, padded(new HashSet<>(List.of(new Holder(tree))), padding));
            return true;
        } catch (CacheException e) {
            return false;
        }
    }

    private byte[] forged(Object tree, int padding) {
        return firstListAsSet(codec.encode(KEY, padded(list(new Holder(tree)), padding)));
    }

    private static final class SerialBranch implements Serializable {
        private static final long serialVersionUID = 1L;

        private final SerialBranch left;
        private final SerialBranch right;

        SerialBranch(SerialBranch below) {
            left = below;
            right = below;
        }
    }

    private record SerialRecord(SerialBranch content) implements Serializable {}

    /** The constructor of a record may hash; no code of the other class runs while Java serialization reads it. */
    @Test
    void aRecordWithinAJavaSectionIsChargedAndAnObjectIsNot() throws Exception {
        SerialBranch tree = new SerialBranch(null);
        for (int i = 0; i < 25; i++) {
            tree = new SerialBranch(tree);
        }
        Bag bag = new Bag();
        bag.add(tree);
        SerialBranch back = (SerialBranch) ((Bag) roundTrip(bag)).get(0);
        assertSame(back.left, back.right);
        bag.set(0, new SerialRecord(tree));
        CacheException refused = assertThrows(CacheException.class, () -> codec.encode(KEY, bag));
        assertTrue(refused.getMessage().contains("hashing and comparing its keys"), refused::getMessage);
    }

    @Test
    void allLengthsTogetherAreAtMostTheBytes() {
        for (int inner : new int[] {300, 600}) {
            Output output = new Output(1_000);
            output.writeByte(LIST);
            output.writeByte(1);
            output.writeVarInt(600, true);
            output.writeByte(LIST);
            output.writeByte(1);
            output.writeVarInt(inner, true);
            byte[] entry = HostileEntry.around(KEY, Arrays.copyOf(output.toBytes(), 1_000), 0);
            UndecodableException miss = assertThrows(UndecodableException.class, () -> codec.decode(KEY, entry, 0));
            assertEquals(
                    inner == 600,
                    miss.getMessage().contains("a length of 600 exceeds the remaining bytes"),
                    miss::getMessage);
        }
    }
}
