package io.github.tieredjcache.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
import io.github.tieredjcache.internal.codec.graph.DescriptorFactory;
import io.github.tieredjcache.internal.codec.graph.JavaStreamSerializer;
import io.github.tieredjcache.internal.codec.graph.RefusedSerializer;
import io.github.tieredjcache.internal.codec.graph.TypeSerializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.cache.CacheException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The table of types: each kind of value is read as it was, in this JVM and in others, or is refused with a cure. The
 * table is written to {@code target/codec-types.txt}.
 */
class TypeTableTest {
    private static final Path TABLE = Path.of("target", "codec-types.txt");
    private static final int KINDS_MIN = 115;

    private final ClassDescriptors descriptors = DescriptorFactory.all();
    private final Codecs codecs = new Codecs(TypeTableTest.class.getClassLoader());
    private final ValueCodec<Object> codec = Kinds.codec(codecs);
    private final List<String> faults = new ArrayList<>();

    @Test
    void everyKindOfValueRoundTripsOrIsRefusedWithACure() throws IOException {
        List<String> lines = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int refused = 0;
        for (Kind kind : Kinds.all()) {
            assertTrue(names.add(kind.name()), kind.name() + " stands twice in the table");
            String stored = kind.isRefused() ? refusal(kind) : stored(kind);
            refused += kind.isRefused() ? 1 : 0;
            lines.add("%-62s | %-40s | %s".formatted(kind.name(), copied(kind), stored));
        }
        lines.add(0, "%-62s | %-40s | %s".formatted("kind of value", "near tier, by value", "Redis"));
        lines.add(names.size() + " kinds: " + (names.size() - refused) + " stored, " + refused + " refused on put");
        Files.write(TABLE, lines, UTF_8);
        System.out.println(lines.get(lines.size() - 1) + "; see " + TABLE);
        assertEquals(List.of(), faults);
        assertTrue(names.size() >= KINDS_MIN, names.size() + " kinds");
    }

    private String stored(Kind kind) {
        byte[] bytes;
        try {
            bytes = codec.encode(Kinds.key(kind), kind.value());
        } catch (CacheException e) {
            faults.add(kind.name() + " is refused: " + e.getMessage());
            return "?";
        }
        String fault = EncodedKinds.fault(codecs, kind, bytes);
        if (!fault.isEmpty()) {
            faults.add(fault);
        }
        String how = kind.sameClass() ? "is read back" : "is read as another class with the same behaviour";
        return how + (kind.varying().isEmpty() ? "" : "; other bytes elsewhere, since " + kind.varying());
    }

    private String refusal(Kind kind) {
        String message;
        try {
            codec.encode(Kinds.key(kind), kind.value());
            faults.add(kind.name() + " is not refused");
            return "?";
        } catch (CacheException e) {
            message = e.getMessage();
        }
        String start =
                "cannot encode a value of class " + kind.value().getClass().getName() + ": ";
        if (!message.startsWith(start)) {
            faults.add(kind.name() + " is refused without its class: " + message);
        }
        for (String word : kind.refusal()) {
            if (!message.contains(word)) {
                faults.add(kind.name() + " is refused without '" + word + "': " + message);
            }
        }
        return "refused: " + message.substring(Math.min(start.length(), message.length()));
    }

    private String copied(Kind kind) {
        Object copy;
        try {
            copy = codecs.copier().copy(kind.value());
        } catch (CacheException e) {
            if (!kind.isRefused()) {
                faults.add(kind.name() + " cannot be copied: " + e.getMessage());
            }
            return "refused";
        }
        if (!kind.isRefused()) {
            String fault = kind.fault(copy);
            if (!fault.isEmpty()) {
                faults.add("the copy of " + fault);
            }
        }
        if (copy == kind.value()) {
            return "shared";
        }
        TypeSerializer<Object> serializer =
                descriptors.get(kind.value().getClass()).serializer();
        return serializer instanceof JavaStreamSerializer || serializer instanceof RefusedSerializer
                ? "copied by Java serialization"
                : "copied part by part";
    }

    /**
     * This JVM and another one read each other's values: with the same and with another Java version, with and without
     * Kryo's use of Unsafe. The bytes are the same, unless the kind allows other bytes.
     */
    @Test
    @Tag(OtherJvm.TAG)
    void valuesOfOneJvmAreReadByAnother(@TempDir Path folder) throws Exception {
        Path ours = folder.resolve("ours");
        EncodedKinds here = EncodedKinds.here();
        here.writeTo(ours);
        JavaRuntime other = JavaRuntime.other();
        if (other.equals(JavaRuntime.here())) {
            System.out.println("no second Java was found; both sides run on Java " + other.version());
        }
        List<String> problems = new ArrayList<>();
        Set<String> unlike = new TreeSet<>();
        for (JavaRuntime java : List.of(JavaRuntime.here(), other)) {
            for (String unsafe : List.of("true", "false")) {
                Path theirs = folder.resolve("theirs");
                Process process = java.start(List.of("-Dkryo.unsafe=" + unsafe), EncodingProgram.class, ours, theirs);
                String output = new String(process.getInputStream().readAllBytes(), UTF_8);
                String where = "Java " + java.version() + ", kryo.unsafe=" + unsafe;
                assertEquals(0, process.waitFor(), where + ": " + output);
                output.lines()
                        .filter(line -> !line.startsWith("WARNING"))
                        .forEach(line -> problems.add(where + " read: " + line));
                EncodedKinds there = EncodedKinds.readFrom(theirs);
                there.faults().forEach(line -> problems.add("of " + where + ": " + line));
                List<String> differences = here.differencesFrom(there);
                unlike.addAll(differences);
                System.out.println(where + ": " + there.bytes().size() + " kinds read both ways, " + differences.size()
                        + " with bytes unlike ours");
            }
        }
        assertEquals(List.of(), problems);
        assertEquals(Set.of(), unlike);
    }
}
