package io.github.tieredjcache.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;

/** Each row of the matrix has a test, but for those that are not promised; the table of both is written beside the reports. */
class FaultRowsTest {
    /** Why there is no test yet. */
    private static final Map<FaultRow, String> NOT_PROMISED_YET = new EnumMap<>(FaultRow.class);

    private static final Path TABLE = Path.of("target", "fault-rows.txt");
    private static final String CLASS_FILE = ".class";
    private static final List<Class<?>> TESTS = classes();

    @Test
    void eachRowHasATestOrAReasonWhyNot() throws IOException {
        Map<FaultRow, SortedSet<String>> tests = tests();
        write(tests);
        List<FaultRow> untested = new ArrayList<>();
        List<FaultRow> testedAfterAll = new ArrayList<>();
        tests.forEach((row, names) -> {
            if (names.isEmpty() && !NOT_PROMISED_YET.containsKey(row)) {
                untested.add(row);
            }
            if (!names.isEmpty() && NOT_PROMISED_YET.containsKey(row)) {
                testedAfterAll.add(row);
            }
        });
        assertEquals(List.of(), untested, "these rows have no test");
        assertEquals(List.of(), testedAfterAll, "these rows have a test: take them out of NOT_PROMISED_YET");
    }

    @Test
    void onlyTestsCoverRows() {
        List<String> others = new ArrayList<>();
        for (Class<?> each : TESTS) {
            List<Method> methods = List.of(each.getDeclaredMethods());
            if (each.isAnnotationPresent(Covers.class) && methods.stream().noneMatch(FaultRowsTest::isTest)) {
                others.add(each.getName());
            }
            methods.stream()
                    .filter(method -> method.isAnnotationPresent(Covers.class) && !isTest(method))
                    .forEach(method -> others.add(method.toString()));
        }
        assertEquals(List.of(), others, "these have no test, and say that they cover something");
    }

    private static Map<FaultRow, SortedSet<String>> tests() {
        Map<FaultRow, SortedSet<String>> tests = new EnumMap<>(FaultRow.class);
        for (FaultRow row : FaultRow.values()) {
            tests.put(row, new TreeSet<>());
        }
        for (Class<?> each : TESTS) {
            for (Method method : each.getDeclaredMethods()) {
                if (isTest(method)) {
                    String name = each.getSimpleName() + "." + method.getName();
                    add(tests, method.getAnnotation(Covers.class), name);
                    add(tests, each.getAnnotation(Covers.class), name);
                }
            }
        }
        return tests;
    }

    private static void add(Map<FaultRow, SortedSet<String>> tests, @Nullable Covers covers, String name) {
        if (covers != null) {
            for (FaultRow row : covers.value()) {
                tests.get(row).add(name);
            }
        }
    }

    private static boolean isTest(Method method) {
        return method.isAnnotationPresent(Test.class)
                || method.isAnnotationPresent(ParameterizedTest.class)
                || method.isAnnotationPresent(TestFactory.class)
                || method.isAnnotationPresent(RepeatedTest.class);
    }

    /** Returns all classes that are compiled beside this one; none of them is initialized by that. */
    private static List<Class<?>> classes() {
        try {
            Path root = Path.of(FaultRowsTest.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            List<Class<?>> classes = new ArrayList<>();
            try (Stream<Path> files = Files.walk(root)) {
                for (Path each : files.filter(file -> file.toString().endsWith(CLASS_FILE))
                        .toList()) {
                    String file = root.relativize(each).toString();
                    String name = file.substring(0, file.length() - CLASS_FILE.length())
                            .replace(File.separatorChar, '.');
                    if (!name.endsWith("-info")) {
                        classes.add(Class.forName(name, false, FaultRowsTest.class.getClassLoader()));
                    }
                }
            }
            return classes;
        } catch (IOException | URISyntaxException | ClassNotFoundException e) {
            throw new AssertionError("the compiled tests cannot be found", e);
        }
    }

    private static void write(Map<FaultRow, SortedSet<String>> tests) throws IOException {
        List<String> lines = new ArrayList<>();
        tests.forEach((row, names) -> {
            lines.add(row + ": " + row.fault() + ": " + row.promise());
            names.forEach(name -> lines.add("    " + name));
            if (NOT_PROMISED_YET.containsKey(row)) {
                lines.add("    not promised yet: " + NOT_PROMISED_YET.get(row));
            }
        });
        Files.createDirectories(TABLE.getParent());
        Files.write(TABLE, lines);
    }
}
