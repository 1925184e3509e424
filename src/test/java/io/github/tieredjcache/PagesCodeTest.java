package io.github.tieredjcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each code block of the pages, except blocks for a shell, is part of a file of an example, which is compiled and run.
 * The comment before the block names the file.
 */
class PagesCodeTest {
    private static final Pattern FENCE = Pattern.compile("^( *)```(\\w*)$");
    private static final Pattern SOURCE = Pattern.compile("^ *<!-- (\\S+) -->$");
    private static final Pattern PROPERTY = Pattern.compile("<([\\w.-]+)>([^<>]*)</\\1>");

    /** The languages of blocks with commands and their output. */
    private static final List<String> NOT_OF_A_FILE = List.of("", "sh");

    private record Block(Path page, int line, String language, String source, String code) {
        String place() {
            return page + ":" + line;
        }
    }

    @TestFactory
    Stream<DynamicTest> eachBlockIsPartOfItsFile() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Path each : Pages.all()) {
            blocks.addAll(blocks(each, Files.readAllLines(each)));
        }
        assertTrue(blocks.size() > 3, () -> "found only " + blocks);
        return blocks.stream().map(each -> DynamicTest.dynamicTest(each.place(), () -> assertStands(each)));
    }

    private static List<Block> blocks(Path page, List<String> lines) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            var fence = FENCE.matcher(lines.get(i));
            if (!fence.matches()) {
                continue;
            }
            int start = i;
            String end = fence.group(1) + "```";
            do {
                i++;
                if (i == lines.size()) {
                    throw new IllegalStateException(page + ":" + (start + 1) + ": the block does not end");
                }
            } while (!lines.get(i).equals(end));
            if (!NOT_OF_A_FILE.contains(fence.group(2))) {
                var source = SOURCE.matcher(start == 0 ? "" : lines.get(start - 1));
                blocks.add(new Block(
                        page,
                        start + 1,
                        fence.group(2),
                        source.matches() ? source.group(1) : "",
                        String.join("\n", lines.subList(start + 1, i))));
            }
        }
        return blocks;
    }

    private static void assertStands(Block block) throws IOException {
        if (!block.source().startsWith("examples/") || !Files.isRegularFile(Path.of(block.source()))) {
            fail(block.place() + ": before a block of " + block.language()
                    + " the file of an example is named, as <!-- examples/… -->; was '" + block.source() + "'");
        }
        String file = Files.readString(Path.of(block.source()));
        String known = block.source().endsWith("pom.xml") ? withProperties(file) : file;
        assertTrue(
                stands(block.code(), known),
                () -> block.place() + " is not in " + block.source() + ":\n" + block.code());
    }

    private static boolean stands(String code, String file) {
        List<String> lines = file.lines().toList();
        int count = (int) code.lines().count();
        String wanted = code.stripIndent().stripTrailing();
        for (int i = 0; i + count <= lines.size(); i++) {
            String there = String.join("\n", lines.subList(i, i + count)).stripIndent();
            if (there.stripTrailing().equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    /** Returns a pom with its properties replaced by their values. */
    private static String withProperties(String pom) {
        String known = pom;
        for (MatchResult each : PROPERTY.matcher(pom).results().toList()) {
            known = known.replace("${" + each.group(1) + "}", each.group(2));
        }
        return known;
    }

    @Test
    void aBlockWithoutAFileOrWithOtherLinesIsFound() throws IOException {
        List<String> lines = List.of(
                "text",
                "```java",
                "int i;",
                "```",
                "<!-- examples/quickstart/pom.xml -->",
                "  ```xml",
                "  <a/>",
                "  ```");

        List<Block> blocks = blocks(Pages.README, lines);

        assertEquals(List.of(2, 6), blocks.stream().map(Block::line).toList());
        for (Block each : blocks) {
            AssertionError error = assertThrows(AssertionError.class, () -> assertStands(each));
            assertTrue(error.getMessage().startsWith(each.place()), error.getMessage());
        }
        assertTrue(stands("  b\n    c", "a\n      b\n        c\n"));
        assertTrue(!stands("b\nc", "a\n  b\n    c\n"));
    }
}
