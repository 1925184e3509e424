package io.github.tieredjcache.internal.remote.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.coherence.TrackingGeneration;
import io.lettuce.core.cluster.SlotHash;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeySpaceTest {
    @Test
    void plainNamesAreReadable() {
        assertEquals("tiered-jcache:com.shop.Orders_1:0:", prefix("tiered-jcache", "com.shop.Orders_1"));
    }

    @Test
    void allOtherCharactersAreEscapedAsUtf8() {
        for (String name :
                new String[] {" ", ":", "a:b", "*", "?", "[", "]", "\\", "%", "{x}", "ä", "€", "😀", "\n", "\0"}) {
            String escaped = prefix("n", name).replaceAll("^n:|:0:$", "");
            assertTrue(escaped.matches("([A-Za-z0-9._-]|%[0-9A-F]{2})*"), escaped);
            assertEquals(name, URLDecoder.decode(escaped, StandardCharsets.UTF_8));
        }
    }

    @Test
    @Covers(FaultRow.F101)
    void differentNamesHaveDifferentPrefixes() {
        String alphabet = ":%*a0.A\ud83d\ude00\ud800ä?";
        Map<String, String> names = new HashMap<>();
        Random random = new Random(7);
        for (int i = 0; i < 100_000; i++) {
            StringBuilder name = new StringBuilder();
            for (int length = random.nextInt(6); length > 0; length--) {
                name.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String other = names.put(prefix("n", name.toString()), name.toString());
            assertTrue(other == null || other.contentEquals(name), () -> other + " and " + name);
        }
    }

    @Test
    @Covers(FaultRow.F101)
    void namespaceAndNameCannotBeConfused() {
        assertEquals("a%3Ab:c:0:", prefix("a:b", "c"));
        assertEquals("a:b%3Ac:0:", prefix("a", "b:c"));
    }

    @Test
    void theEncodedKeyFollowsThePrefixUnchanged() {
        Epoch epoch = new Epoch(new KeySpace("n", "c", 0), 0, new TrackingGeneration(InvalidationListener.NONE), true);
        byte[] key = {0, ':', '\r', '\n', -1};
        byte[] redisKey = EntryKey.of(epoch, key).bytes();
        assertEquals("n:c:0:\0:\r\n\u00ff", new String(redisKey, ISO_8859_1));
        assertArrayEquals(key, epoch.encodedKey(redisKey));
        assertEquals("n:c:0:*", new String(epoch.pattern(), ISO_8859_1));
    }

    @Test
    void inAClusterAllKeysOfAPartitionHaveItsHashTag() {
        String tag = PartitionTags.of("n{", 64).get(5);
        KeySpace space = new KeySpace("n{", "c}", 0, Integer.MAX_VALUE, tag);
        byte[] key = {'k'};
        List<byte[]> keys = List.of(
                EntryKey.of(new Epoch(space, 7, new TrackingGeneration(InvalidationListener.NONE), true), key)
                        .bytes(),
                space.epochKey(),
                space.leftoversKey(),
                space.historyKey(),
                space.reclaimerKey(),
                space.probeKey(),
                space.refreshKey(key),
                space.partitionsKey(),
                space.hotKeysKey());
        assertEquals("{" + tag + "}c%7D:7:k", new String(keys.get(0), ISO_8859_1));
        HashSlot slot = HashSlot.of(tag);
        keys.forEach(each -> assertEquals(slot.number(), SlotHash.getSlot(each), new String(each, ISO_8859_1)));
        assertTrue(space.isOfEpochBefore(keys.get(0), 8));
        assertEquals("n%7B:c%7D", space.toString());
        assertEquals("{n%7B:*}c%7D:", KeySpace.clusterPrefix("n{", "c}"));
    }

    @Test
    void thePatternOfANamespaceMatchesItsKeys() {
        assertEquals("order%20service:*", KeySpace.namespacePattern("order service", false));
        assertEquals("{order%20service:*", KeySpace.namespacePattern("order service", true));
        assertTrue(prefix("order service", "c").startsWith("order%20service:"));
        assertTrue(PartitionTags.of("order service", 64).stream().allMatch(tag -> tag.startsWith("order%20service:")));
    }

    @Test
    void onlyEntriesOfEarlierEpochsAreLeftovers() {
        KeySpace space = new KeySpace("n", "c", 0);
        for (String old : List.of("n:c:0:", "n:c:9:k", "n:c:9::", "n:c:09:12:k")) {
            assertTrue(space.isOfEpochBefore(old.getBytes(ISO_8859_1), 10), old);
        }
        for (String other : List.of(
                "n:c:10:k",
                "n:c:11:k",
                "n:c:epoch",
                "n:c:leftovers",
                "n:c:9",
                "n:c::k",
                "n:c:9x:k",
                "n:c:-1:k",
                "n:c:18446744073709551616:k",
                "n:c:")) {
            assertFalse(space.isOfEpochBefore(other.getBytes(ISO_8859_1), 10), other);
        }
    }

    private static String prefix(String namespace, String name) {
        return new String(new KeySpace(namespace, name, 0).prefixOf(0), ISO_8859_1);
    }
}
