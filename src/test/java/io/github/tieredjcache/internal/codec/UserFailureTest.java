package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TieredKeyEncoder;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.api.ValueOptions;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** If user code throws while bytes are read, they are undecodable; errors of the virtual machine are rethrown. */
class UserFailureTest {
    private static final byte[] KEY = {'k'};

    private static Supplier<Throwable> failure;

    private final Codecs codecs = new Codecs(getClass().getClassLoader());
    private final ValueCodec<Object> values = codecs.values(Object.class, rules(Samples.class));

    private static CodecRules rules(Class<?> type) {
        return new CodecRules(type, type, List.of(), 1_024, 1 << 20);
    }

    @AfterEach
    void clearsTheFailure() {
        failure = null;
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void run() throws E {
        if (failure != null) {
            throw (E) failure.get();
        }
    }

    /** Fails when it is constructed. */
    record Built(String text) {
        Built {
            run();
        }
    }

    /** Fails when it is hashed. */
    record Hashed(String text) {
        @Override
        public int hashCode() {
            run();
            return text.hashCode();
        }
    }

    /** Fails when it is compared. */
    record Compared(String text) implements Comparable<Compared> {
        @Override
        public int compareTo(Compared other) {
            run();
            return text.compareTo(other.text);
        }
    }

    /** Fails when Java serialization reads it. */
    static final class Restored implements Serializable {
        private static final long serialVersionUID = 1L;

        private final String text;

        Restored(String text) {
            this.text = text;
        }

        private void readObject(ObjectInputStream in) throws java.io.IOException, ClassNotFoundException {
            in.defaultReadObject();
            run();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Restored that && text.equals(that.text);
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }
    }

    static Stream<Arguments> failing() {
        List<Object> samples = List.of(
                new Built("x"),
                new HashSet<>(Set.of(new Hashed("x"))),
                new java.util.TreeSet<>(Set.of(new Compared("x"))),
                new Restored("x"));
        List<Supplier<Throwable>> failures = List.of(
                AssertionError::new,
                () -> new Error("of the user's"),
                () -> new java.io.IOException("undeclared"),
                IllegalStateException::new);
        return samples.stream().flatMap(sample -> failures.stream().map(each -> Arguments.of(sample, each)));
    }

    @ParameterizedTest
    @MethodSource("failing")
    void aFailureOfUserCodeMakesAValueUndecodable(Object sample, Supplier<Throwable> thrown) {
        byte[] entry = values.encode(KEY, sample);
        failure = thrown;
        UndecodableException miss = assertThrows(UndecodableException.class, () -> values.decode(KEY, entry, 0));
        assertEquals(UndecodableReason.DAMAGED, miss.reason(), miss.getMessage());
    }

    @Test
    void aFailureOfUserCodeMakesAKeyUndecodable() {
        for (Object sample : List.of(new Built("x"), new Hashed("x"), new Restored("x"))) {
            KeyCodec<Object> keys = codecs.keys(Object.class, rules(Samples.class), null);
            byte[] bytes = keys.encode(sample);
            failure = () -> new AssertionError("of the user's");
            UndecodableException miss = assertThrows(UndecodableException.class, () -> keys.decode(bytes));
            assertEquals(UndecodableReason.DAMAGED, miss.reason(), miss.getMessage());
            failure = null;
        }
    }

    @Test
    void aFailureOfAnEncoderMakesAKeyUndecodable() {
        KeyCodec<String> keys = codecs.keys(String.class, rules(String.class), new TieredKeyEncoder<String>() {
            @Override
            public String encode(String key) {
                return key;
            }

            @Override
            public String decode(String text) {
                run();
                return text;
            }
        });
        byte[] bytes = keys.encode("x");
        failure = () -> new AssertionError("of the user's");
        assertThrows(UndecodableException.class, () -> keys.decode(bytes));
        KeyCodec<String> fresh = codecs.keys(String.class, rules(String.class), new Failing());
        CacheException refused = assertThrows(CacheException.class, () -> fresh.encode("x"));
        assertInstanceOf(AssertionError.class, refused.getCause());
    }

    /** Fails always. */
    private static final class Failing implements TieredKeyEncoder<String> {
        @Override
        public String encode(String key) {
            throw new AssertionError("of the user's");
        }

        @Override
        public String decode(String text) {
            throw new AssertionError("of the user's");
        }
    }

    @Test
    void aFailureOfUserCodeRefusesAPut() {
        failure = () -> new AssertionError("of the user's");
        CacheException refused = assertThrows(CacheException.class, () -> values.encode(KEY, new Restored("x")));
        assertTrue(refused.getMessage().contains(AssertionError.class.getName()), refused.getMessage());
        assertInstanceOf(AssertionError.class, refused.getCause());
    }

    /** Fails when it encodes a value. */
    private static final class FailingCodec extends TextCodec {
        FailingCodec() {
            super("failing");
        }

        @Override
        public byte[] encode(StringBuilder value) {
            run();
            return new byte[0];
        }
    }

    @Test
    void errorsThatEndAThreadOrTheVirtualMachineAreRethrown() {
        byte[] entry = values.encode(KEY, new Built("x"));
        failure = ThreadDeath::new;
        assertThrows(ThreadDeath.class, () -> values.decode(KEY, entry, 0));
        failure = () -> new InternalError("of the virtual machine");
        assertThrows(InternalError.class, () -> values.decode(KEY, entry, 0));
        assertThrows(InternalError.class, () -> values.encode(KEY, new Restored("x")));
        ValueCodec<StringBuilder> others = codecs.values(
                StringBuilder.class, rules(StringBuilder.class), new ValueOptions<>(new FailingCodec(), 0, null));
        assertThrows(InternalError.class, () -> others.encode(KEY, new StringBuilder()));
        failure = StackOverflowError::new;
        assertEquals(
                UndecodableReason.LIMIT,
                assertThrows(UndecodableException.class, () -> values.decode(KEY, entry, 0))
                        .reason());
    }
}
