package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.UndecodableReason;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two versions of a class share one Redis: a version reads its own values, and of the other those that surely fit. */
class DeploymentTest {
    private static final byte[] KEY = {'k'};

    @TempDir
    private Path folder;

    private Object exchange(String writer, String reader) throws Exception {
        try (URLClassLoader old = Versions.load(folder.resolve("old"), writer);
                URLClassLoader recent = Versions.load(folder.resolve("new"), reader);
                Codecs oldCodecs = new Codecs(old);
                Codecs newCodecs = new Codecs(recent)) {
            Class<?> type = old.loadClass("Order");
            Object value = type.isEnum()
                    ? type.getEnumConstants()[0]
                    : type.getConstructor().newInstance();
            byte[] bytes = codec(oldCodecs, type).encode(KEY, value);
            return codec(newCodecs, recent.loadClass("Order"))
                    .decode(KEY, bytes, 0)
                    .toString();
        }
    }

    private static ValueCodec<Object> codec(Codecs codecs, Class<?> type) {
        return codecs.values(Object.class, new CodecRules(String.class, type, List.of(), 100, 100_000));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "public class Order { int a = 1; }|public class Order { int a = 1; int b; }",
                "public class Order { int a = 1; int b; }|public class Order { int a = 1; }",
                "public class Order { int a = 1; }|public class Order { int c = 1; }",
                "public class Order { int a = 1; }|public class Order { long a = 1; }",
                "public class Order { java.util.List<String> a; }|public class Order { java.util.List<Integer> a; }",
                "public class Order { int a = 1; }|public class Order { transient int a = 1; }",
                "public record Order(int a, int b) { public Order() { this(1, 2); } }|public record Order(int b, int a) { }",
                "public class Order implements java.io.Serializable { static final long serialVersionUID = 1; int a; Object readResolve() { return this; } }"
                        + "|public class Order implements java.io.Serializable { static final long serialVersionUID = 1; int b; Object readResolve() { return this; } }",
                "public class Order extends RuntimeException { static final long serialVersionUID = 1; int a; }"
                        + "|public class Order extends RuntimeException { static final long serialVersionUID = 1; long a; }",
                "public enum Order { A, B }|public enum Order { B }",
                "public class Order { }|public record Order() { }"
            })
    void aClassOfAnotherShapeIsAMiss(String writer, String reader) {
        UndecodableException e = assertThrows(UndecodableException.class, () -> exchange(writer, reader));
        assertEquals(UndecodableReason.CLASS_CHANGED, e.reason());
    }

    @Test
    void anotherMethodOrTransientFieldFits() throws Exception {
        assertNotNull(
                exchange(
                        "public class Order { int a = 1; }",
                        "public class Order { static int n; transient int t; int a = 2; public String toString() { return \"\" + a; } }"));
    }

    @Test
    void anEnumConstantIsItsName() throws Exception {
        assertEquals("AMBER", exchange("public enum Order { AMBER, RED }", "public enum Order { GREEN, AMBER, RED }"));
    }
}
