package io.github.tieredjcache.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.JsonCodec;
import io.github.tieredjcache.TieredCodec;
import io.github.tieredjcache.Undeclared;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.Copier;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.api.ValueOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The user's codec receives only entries of its own name, and any misbehaviour yields a value or one exception. */
class UserCodecTest {
    private static final byte[] KEY = {'k'};
    private static final int LIMIT = 10_000;

    private final Codecs codecs = new Codecs(getClass().getClassLoader());
    private final CodecRules rules = new CodecRules(String.class, StringBuilder.class, List.of(), 100, LIMIT);
    private int decodeCalls;

    private ValueCodec<StringBuilder> values(TieredCodec<StringBuilder> codec) {
        return codecs.values(StringBuilder.class, rules, new ValueOptions<>(codec, 0, null));
    }

    private ValueCodec<StringBuilder> text() {
        return values(new TextCodec("text"));
    }

    private static byte[] encoded(ValueCodec<StringBuilder> codec) {
        return codec.encode(KEY, new StringBuilder("value"));
    }

    /** Returns a codec with the given decode method; counts its calls. */
    private TextCodec decoding(Decoding decoding) {
        return new TextCodec("text") {
            @Override
            public StringBuilder decode(byte[] bytes, Class<StringBuilder> type, ClassLoader loader) throws Exception {
                decodeCalls++;
                assertEquals(StringBuilder.class, type);
                assertSame(UserCodecTest.class.getClassLoader(), loader);
                return decoding.decode(bytes);
            }
        };
    }

    private static TextCodec encoding(Encoding encoding) {
        return new TextCodec("text") {
            @Override
            public byte[] encode(StringBuilder value) throws Exception {
                return encoding.encode(value);
            }
        };
    }

    private interface Decoding {
        StringBuilder decode(byte[] bytes) throws Exception;
    }

    private interface Encoding {
        byte[] encode(StringBuilder value) throws Exception;
    }

    private static UndecodableReason reason(ValueCodec<?> codec, byte[] entry) {
        return assertThrows(UndecodableException.class, () -> codec.decode(KEY, entry, 0))
                .reason();
    }

    @Test
    void jsonIsReadBackAndReadableInRedis() throws Exception {
        ValueCodec<Order> orders = codecs.values(Order.class, rules, new ValueOptions<>(new JsonCodec<>(), 0, null));
        Order order = new Order("4711", List.of("tea", "milk"));
        byte[] entry = orders.encode(KEY, order);
        assertEquals(order, orders.decode(KEY, entry, 0));
        String seen = new String(entry, UTF_8);
        assertTrue(seen.endsWith("json-1{\"id\":\"4711\",\"lines\":[\"tea\",\"milk\"]}"), seen);
    }

    @Test
    void aHandWrittenCodecNeedsNoAllowedClasses() throws Exception {
        assertEquals("value", text().decode(KEY, encoded(text()), 0).toString());
        byte[] within = new byte[53 + encoded(text()).length];
        System.arraycopy(encoded(text()), 0, within, 53, within.length - 53);
        assertEquals("value", text().decode(KEY, within, 53).toString());
    }

    @Test
    void anEntryOfAnotherCodecIsNeverPassedToTheCodec() {
        ValueCodec<StringBuilder> counting = values(decoding(bytes -> new StringBuilder()));
        byte[] others = encoded(values(new TextCodec("text-2")));
        byte[] shorter = encoded(values(new TextCodec("tex")));
        byte[] ours = encoded(codecs.values(StringBuilder.class, rules));
        assertEquals(UndecodableReason.OTHER_CODEC, reason(counting, others));
        assertEquals(UndecodableReason.OTHER_CODEC, reason(counting, shorter));
        assertEquals(UndecodableReason.OTHER_CODEC, reason(counting, ours));
        assertEquals(UndecodableReason.OTHER_CODEC, reason(codecs.values(StringBuilder.class, rules), others));
        assertEquals(0, decodeCalls);
        UndecodableException e = assertThrows(UndecodableException.class, () -> counting.decode(KEY, others, 0));
        assertEquals("the entry was written by the codec 'text-2', not by the codec 'text'", e.getMessage());
    }

    @Test
    void damagedAndMisplacedEntriesAreNeverPassedToTheCodec() {
        ValueCodec<StringBuilder> counting = values(decoding(bytes -> new StringBuilder()));
        byte[] good = encoded(text());
        Random random = new Random(3);
        for (int i = 0; i < 5_000; i++) {
            byte[] mutated = good.clone();
            mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
            assertThrows(UndecodableException.class, () -> counting.decode(KEY, mutated, 0));
        }
        assertThrows(UndecodableException.class, () -> counting.decode(new byte[] {'l'}, good, 0));
        assertEquals(0, decodeCalls);
    }

    @Test
    void aForgedCodecNameIsAMiss() {
        byte[] good = encoded(text());
        for (int length = -128; length < 128; length++) {
            byte[] forged = good.clone();
            forged[HostileEntry.HEAD_BYTES] = (byte) length;
            if (length != "text".length()) {
                UndecodableReason reason = reason(text(), HostileEntry.withChecksum(KEY, forged));
                assertTrue(reason == UndecodableReason.OTHER_CODEC || reason == UndecodableReason.DAMAGED);
            }
        }
        assertEquals(
                UndecodableReason.DAMAGED,
                reason(text(), HostileEntry.withChecksum(KEY, Arrays.copyOf(good, HostileEntry.HEAD_BYTES))));
    }

    @Test
    void anyFailureOfEncodeRefusesThePutWithItsCause() {
        for (Throwable thrown : thrown()) {
            CacheException refused = assertThrows(
                    CacheException.class,
                    () -> encoded(values(encoding(value -> {
                        throw Undeclared.thrown(thrown);
                    }))));
            assertSame(thrown, refused.getCause());
            assertEquals(
                    "cannot encode a value of class java.lang.StringBuilder with the codec 'text': encode threw "
                            + thrown.getClass().getName(),
                    refused.getMessage());
        }
        CacheException deep =
                assertThrows(CacheException.class, () -> encoded(values(encoding(this::recurseEndlessly))));
        assertEquals(StackOverflowError.class, deep.getCause().getClass());
        CacheException none = assertThrows(CacheException.class, () -> encoded(values(encoding(value -> null))));
        assertTrue(none.getMessage().endsWith("encode returned null"), none.getMessage());
    }

    @Test
    void anyFailureOfDecodeIsAMissWithAReason() {
        byte[] good = encoded(text());
        for (Throwable thrown : thrown()) {
            UndecodableException missed = assertThrows(
                    UndecodableException.class,
                    () -> values(decoding(bytes -> {
                                throw Undeclared.thrown(thrown);
                            }))
                            .decode(KEY, good, 0));
            assertSame(thrown, missed.getCause());
            UndecodableReason expected = thrown instanceof VirtualMachineError
                    ? UndecodableReason.LIMIT
                    : thrown instanceof LinkageError ? UndecodableReason.CLASS_CHANGED : UndecodableReason.DAMAGED;
            assertEquals(expected, missed.reason());
        }
        assertEquals(
                UndecodableReason.LIMIT,
                reason(values(decoding(bytes -> new StringBuilder(recurseEndlessly(null).length))), good));
        assertEquals(UndecodableReason.DAMAGED, reason(values(decoding(bytes -> null)), good));
    }

    @Test
    void anInterruptOfDecodeIsRestored() {
        byte[] good = encoded(text());
        assertEquals(
                UndecodableReason.DAMAGED,
                reason(
                        values(decoding(bytes -> {
                            throw new InterruptedException();
                        })),
                        good));
        assertTrue(Thread.interrupted());
    }

    @Test
    void aDecodedInstanceOfAnotherTypeIsAMiss() {
        ValueCodec<Money> codec = codecs.values(Money.class, rules, new ValueOptions<>(new CarelessCodec<>(), 0, null));
        assertEquals(UndecodableReason.CLASS_CHANGED, reason(codec, codec.encode(KEY, new Money("EUR", 1))));
    }

    @Test
    void changesByTheCodecToItsArraysDoNotChangeEntries() throws Exception {
        byte[][] kept = new byte[1][];
        ValueCodec<StringBuilder> codec = values(new TextCodec("text") {
            @Override
            public byte[] encode(StringBuilder value) throws Exception {
                kept[0] = super.encode(value);
                return kept[0];
            }

            @Override
            public StringBuilder decode(byte[] bytes, Class<StringBuilder> type, ClassLoader loader) throws Exception {
                StringBuilder value = super.decode(bytes, type, loader);
                Arrays.fill(bytes, (byte) 'x');
                return value;
            }
        });
        byte[] entry = encoded(codec);
        byte[] before = entry.clone();
        Arrays.fill(kept[0], (byte) 'y');
        assertEquals("value", codec.decode(KEY, entry, 0).toString());
        assertEquals("value", codec.decode(KEY, entry, 0).toString());
        assertArrayEquals(before, entry);
    }

    @Test
    void theMaximumSizeHoldsForUserCodecs() throws Exception {
        StringBuilder largest = new StringBuilder("x".repeat(LIMIT));
        byte[] entry = text().encode(KEY, largest);
        assertEquals(LIMIT, text().decode(KEY, entry, 0).length());
        CacheException refused = assertThrows(CacheException.class, () -> text().encode(KEY, largest.append('x')));
        assertTrue(refused.getMessage().contains("more than " + LIMIT + " bytes"), refused.getMessage());
        byte[] longer = HostileEntry.withChecksum(KEY, Arrays.copyOf(entry, entry.length + 1));
        assertEquals(UndecodableReason.LIMIT, reason(values(decoding(bytes -> new StringBuilder())), longer));
        assertEquals(0, decodeCalls);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {"", "JSON", "a b", "naïve", "json\n", "tiered", "tiered-2", "123456789012345678901234567890123"})
    void aNameThatBreaksTheRuleIsRefused(String name) {
        var refused = assertThrows(IllegalArgumentException.class, () -> values(new TextCodec(name)));
        assertTrue(refused.getMessage().contains("must be 1 to 32 of"), refused.getMessage());
        assertTrue(refused.getMessage().endsWith("was '" + name + "'"), refused.getMessage());
    }

    @Test
    void copiesAreRoundTripsUnlessTheClassIsImmutable() {
        Copier copier = codecs.copier(StringBuilder.class, rules, new TextCodec("text"));
        StringBuilder value = new StringBuilder("value");
        StringBuilder copy = copier.copy(value);
        assertNotSame(value, copy);
        assertEquals("value", copy.toString());
        Copier any = codecs.copier(Object.class, rules, new JsonCodec<>());
        Money money = new Money("EUR", 5);
        assertSame(money, any.copy(money));
        assertEquals(List.of(1), any.copy(new ArrayList<>(List.of(1))));
    }

    @Test
    void aCopyThatTheCodecCannotReadIsRefused() {
        Copier copier = codecs.copier(StringBuilder.class, rules, decoding(bytes -> {
            throw new IOException("on purpose");
        }));
        CacheException refused = assertThrows(CacheException.class, () -> copier.copy(new StringBuilder()));
        assertTrue(refused.getMessage().contains("the codec 'text' threw java.io.IOException"), refused.getMessage());
        assertEquals("on purpose", refused.getCause().getCause().getMessage());
    }

    private static List<Throwable> thrown() {
        return List.of(
                new IOException("on purpose"),
                new IllegalStateException("on purpose"),
                new AssertionError("on purpose"),
                new NoClassDefFoundError("on purpose"),
                new StackOverflowError(),
                new OutOfMemoryError("on purpose"));
    }

    @SuppressWarnings("InfiniteRecursion")
    private byte[] recurseEndlessly(StringBuilder value) {
        return recurseEndlessly(value);
    }

    /** Ignores the declared type. */
    private static final class CarelessCodec<V> implements TieredCodec<V> {
        @Override
        public String name() {
            return "careless";
        }

        @Override
        public byte[] encode(V value) {
            return new byte[1];
        }

        @Override
        @SuppressWarnings("unchecked") // the codec returns an object of another type on purpose
        public V decode(byte[] bytes, Class<V> type, ClassLoader loader) {
            return (V) "no money";
        }
    }

    record Order(String id, List<String> lines) {}

    record Money(String currency, long cents) {}
}
