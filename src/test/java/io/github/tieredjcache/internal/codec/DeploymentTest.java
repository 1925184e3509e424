package io.github.tieredjcache.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.codec.Change.Fit;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two versions of a class share one Redis: a version reads its own values, and values of the other version only if they
 * surely fit. The matrix is written to {@code target/codec-deploys.txt}.
 */
class DeploymentTest {
    private static final Path MATRIX = Path.of("target", "codec-deploys.txt");
    private static final int CHANGES_MIN = 50;
    private static final byte[] KEY = {'k'};

    @TempDir
    private Path folder;

    private final Versions compiled = new Versions();
    private final Map<String, Version> versions = new HashMap<>();
    private final List<String> faults = new ArrayList<>();

    DeploymentTest() throws IOException {}

    /** One deployed version of {@code Order}. */
    private record Version(URLClassLoader loader, Codecs codecs, ValueCodec<Object> codec, Object sample) {
        static Version of(Versions compiled, Path folder, String source) throws Exception {
            URLClassLoader loader = compiled.deploy(folder, source);
            String[] words = source.split("[ ;]", 3);
            Class<?> type = loader.loadClass(words[0].equals("package") ? words[1] + ".Order" : "Order");
            Codecs codecs = new Codecs(loader);
            Method sample = type.getDeclaredMethod("sample");
            sample.setAccessible(true);
            CodecRules rules = new CodecRules(String.class, type, List.of(), 100, 100_000);
            return new Version(loader, codecs, codecs.values(Object.class, rules), sample.invoke(null));
        }
    }

    private Version version(String source) throws Exception {
        Version known = versions.get(source);
        if (known == null) {
            known = Version.of(compiled, folder.resolve("v" + versions.size()), source);
            versions.put(source, known);
        }
        return known;
    }

    @AfterEach
    void closesTheVersions() throws IOException {
        for (Version version : versions.values()) {
            version.codecs.close();
            version.loader.close();
        }
        compiled.close();
    }

    @Test
    void aValueOfAnotherVersionIsReadAsItWasWrittenOrIsAMiss() throws Exception {
        List<String> lines = new ArrayList<>();
        lines.add("%-58s | %-28s | %s"
                .formatted("change of a class", "new version reads old value", "old version reads new value"));
        int misses = 0;
        for (Change change : Changes.all()) {
            Version old = version(change.old());
            Version recent = version(change.recent());
            String forward = exchange(change.name(), old, recent, change.recentReadsOld());
            String backward = exchange(change.name() + ", back", recent, old, change.oldReadsRecent());
            misses += (forward.startsWith("miss") ? 1 : 0) + (backward.startsWith("miss") ? 1 : 0);
            lines.add("%-58s | %-28s | %s".formatted(change.name(), forward, backward));
        }
        int changes = lines.size() - 1;
        lines.add(changes + " changes, " + 2 * changes + " reads: " + (2 * changes - misses) + " as written, " + misses
                + " misses, 0 garbage");
        Files.write(MATRIX, lines, UTF_8);
        System.out.println(lines.get(lines.size() - 1) + "; see " + MATRIX);
        assertEquals(List.of(), faults);
        assertTrue(changes >= CHANGES_MIN, changes + " changes");
    }

    /** Reads a value of the writer with the reader; fails the test unless the result is a value or a miss. */
    private String exchange(String name, Version writer, Version reader, Fit expected) throws Exception {
        byte[] bytes = writer.codec.encode(KEY, writer.sample);
        assertEquals(content(writer.sample), content(writer.codec.decode(KEY, bytes, 0)), name);
        try {
            Object back = reader.codec.decode(KEY, bytes, 0);
            if (!content(writer.sample).equals(content(back))) {
                faults.add(name + ": garbage, " + content(back) + " for " + content(writer.sample));
            } else if (expected == Fit.MISS) {
                faults.add(name + ": read, and should be a miss");
            }
            return "as written";
        } catch (UndecodableException e) {
            if (expected == Fit.COMPATIBLE) {
                faults.add(name + ": a miss, " + e.getMessage());
            }
            return "miss (" + e.reason() + ")";
        }
    }

    /** Describes the state of an object by the names of classes, fields and constants. */
    private static String content(Object object) throws IllegalAccessException {
        if (object instanceof Enum<?> constant) {
            return constant.getDeclaringClass().getName() + "." + constant.name();
        }
        if (object instanceof Object[] array) {
            return contents(List.of(array));
        }
        if (object instanceof Map<?, ?> map) {
            return contents(map.keySet()) + "=" + contents(map.values());
        }
        if (object == null || object.getClass().getClassLoader() == null) {
            return object instanceof Collection<?> collection ? contents(collection) : String.valueOf(object);
        }
        Map<String, String> fields = new TreeMap<>();
        for (Class<?> type = object.getClass(); type.getClassLoader() != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
                    field.setAccessible(true);
                    fields.put(type.getName() + "." + field.getName(), content(field.get(object)));
                }
            }
        }
        String elements = object instanceof Collection<?> collection ? contents(collection) : "";
        return object.getClass().getName() + fields + elements;
    }

    private static String contents(Collection<?> elements) throws IllegalAccessException {
        List<String> texts = new ArrayList<>();
        for (Object element : elements) {
            texts.add(content(element));
        }
        return texts.stream().sorted().toList().toString();
    }
}
