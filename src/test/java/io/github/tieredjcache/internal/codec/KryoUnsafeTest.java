package io.github.tieredjcache.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No JDK prints warnings because of Kryo, unless the user switches its use of {@code sun.misc.Unsafe} on. */
class KryoUnsafeTest {
    /** Copies a value in a JVM of its own, and prints it. */
    public static void main(String[] arguments) {
        try (Codecs codecs = new Codecs(KryoUnsafeTest.class.getClassLoader())) {
            System.out.println(codecs.copier().copy(new ArrayList<>(List.of(new StringBuilder("copied")))));
            System.out.println(System.getProperty("kryo.unsafe"));
        }
    }

    @Test
    void kryoPrintsNothing() throws Exception {
        for (JavaRuntime each : List.of(JavaRuntime.here(), JavaRuntime.other())) {
            assertEquals(List.of("[copied]", each.version() < 24 ? "null" : "false"), printed(each, List.of()));
        }
    }

    @Test
    void aPropertyThatIsSetStays() throws Exception {
        List<String> printed = printed(JavaRuntime.other(), List.of("-Dkryo.unsafe=true"));
        assertEquals("true", printed.get(printed.size() - 1));
    }

    private static List<String> printed(JavaRuntime java, List<String> options)
            throws IOException, InterruptedException {
        Process process = java.start(options, KryoUnsafeTest.class);
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), printed);
        return printed.lines().toList();
    }
}
