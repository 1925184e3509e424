package io.github.tieredjcache.internal.remote;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeySpaceTest {
    private static final byte[] NO_KEY = {};

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
    void differentNamesNeverHaveOnePrefix() {
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
    void theNamespaceCannotReachIntoTheName() {
        assertEquals("a%3Ab:c:0:", prefix("a:b", "c"));
        assertEquals("a:b%3Ac:0:", prefix("a", "b:c"));
    }

    @Test
    void theKeyFollowsAsItIs() {
        KeySpace space = new KeySpace("n", "c");
        byte[] key = {0, ':', '\r', '\n', -1};
        byte[] redisKey = space.redisKey(key);
        assertEquals("n:c:0:\0:\r\n\u00ff", new String(redisKey, ISO_8859_1));
        assertArrayEquals(key, space.encodedKey(redisKey));
        assertEquals("n:c:0:*", new String(space.pattern(), ISO_8859_1));
    }

    private static String prefix(String namespace, String name) {
        return new String(new KeySpace(namespace, name).redisKey(NO_KEY), ISO_8859_1);
    }
}
