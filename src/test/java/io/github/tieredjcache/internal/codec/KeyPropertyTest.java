package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties of the bytes of all keys, tested with random keys from a seed. */
class KeyPropertyTest {
    private static final int KEYS = 400;

    private final KeyCodec<Object> codec = KeyCodecTest.codec(Object.class, 1 << 20);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void equalKeysBuiltDifferentlyHaveTheSameBytesAndRoundTrip(long seed) throws UndecodableException {
        for (KeyRecipe recipe : KeyRecipe.draw(seed, KEYS)) {
            Object key = recipe.make(new Random(seed));
            Object again = recipe.make(new Random(-seed));
            assertEquals(key, again);
            byte[] bytes = codec.encode(key);
            assertArrayEquals(bytes, codec.encode(again), () -> key + " and " + again);
            Object back = codec.decode(bytes);
            assertEquals(key, back);
            assertEquals(key.hashCode(), back.hashCode());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 7, 8})
    void keysAreEqualIfAndOnlyIfTheirBytesAre(long seed) {
        Random random = new Random(seed);
        List<Object> keys = new ArrayList<>();
        List<byte[]> encoded = new ArrayList<>();
        for (KeyRecipe recipe : KeyRecipe.draw(seed, KEYS)) {
            keys.add(recipe.make(random));
            encoded.add(codec.encode(keys.get(keys.size() - 1)));
        }
        int equal = 0;
        for (int i = 0; i < KEYS; i++) {
            for (int j = 0; j < i; j++) {
                Object one = keys.get(i);
                Object other = keys.get(j);
                boolean same = Arrays.equals(encoded.get(i), encoded.get(j));
                assertEquals(one.equals(other), same, () -> one + " and " + other);
                equal += same ? 1 : 0;
            }
        }
        assertTrue(equal > 100, "only " + equal + " pairs were equal");
    }
}
