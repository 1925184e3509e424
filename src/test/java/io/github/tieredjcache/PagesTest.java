package io.github.tieredjcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.FaultRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages have the agreed form, and their links resolve. */
class PagesTest {
    private static final int README_LINES_MAX = 180;
    private static final int README_COLUMNS_MAX = 120;
    private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```$|`[^`\n]*`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern MENU_ITEM = Pattern.compile("href=\"([\\w-]+)\\.html\"");
    private static final Pattern TCK_TESTS = Pattern.compile("(\\d+) tests each time, none failed, none skipped");
    private static final Pattern CLASS = Pattern.compile("`(\\w+)`");
    private static final Pattern SUMMARY = Pattern.compile("# [^\n]+\n\n[^\n]+\n[^\n]+\n\n[^\n](?s:.)*");

    @Test
    void theReadmeHasTwoScreens() throws IOException {
        List<String> lines = Files.readAllLines(Pages.README);
        assertTrue(lines.size() <= README_LINES_MAX, () -> "README.md has " + lines.size() + " lines");
        assertEquals(
                List.of(),
                lines.stream()
                        .filter(line -> line.codePointCount(0, line.length()) > README_COLUMNS_MAX)
                        .toList(),
                "these are longer than " + README_COLUMNS_MAX);
    }

    @Test
    void eachPageOfTheSiteBeginsWithTwoLinesOfSummary() {
        assertEquals(
                List.of(),
                Pages.ofSite().stream()
                        .filter(page -> !SUMMARY.matcher(Pages.read(page)).matches())
                        .toList());
    }

    @Test
    void eachLinkResolves() {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : Pages.all()) {
            for (String link : links(Pages.read(page))) {
                links++;
                if (!leads(page, link)) {
                    broken.add(page + ": " + link);
                }
            }
        }
        assertEquals(List.of(), broken);
        assertNotEquals(0, links);
    }

    /** The rendered site has other anchors than the repository. */
    @Test
    void aPageOfTheSiteLinksToNoAnchor() {
        assertEquals(
                List.of(),
                Pages.ofSite().stream()
                        .flatMap(page -> links(Pages.read(page)).stream())
                        .filter(link -> link.contains("#") && !isElsewhere(link))
                        .toList());
    }

    @Test
    void eachPageOfTheSiteIsInTheMenuTheIndexAndTheReadme() {
        Set<String> pages = names(Pages.ofSite().stream());
        Set<String> menu = MENU_ITEM
                .matcher(Pages.read(Path.of("src", "site", "site.xml")))
                .results()
                .map(item -> item.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(pages, menu);

        pages.remove("index");
        for (Path list : List.of(Pages.README, Pages.SITE.resolve("index.md"))) {
            Set<String> linked = links(Pages.read(list)).stream()
                    .filter(link -> !isElsewhere(link))
                    .map(link -> link.replaceFirst("#.*", ""))
                    .filter(link -> link.endsWith(".md"))
                    .map(Path::of)
                    .collect(Collectors.collectingAndThen(Collectors.toSet(), files -> names(files.stream())));
            assertEquals(pages, linked, list::toString);
        }
    }

    @Test
    void eachClassOfTheGlossaryExists() throws IOException {
        Set<String> classes;
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            classes = files.map(PagesTest::nameOf).collect(Collectors.toSet());
        }
        List<String> unknown = new ArrayList<>();
        int named = 0;
        for (String row : Pages.read("glossary")
                .lines()
                .filter(line -> line.startsWith("| "))
                .toList()) {
            String column = row.substring(row.lastIndexOf('|', row.length() - 2));
            for (MatchResult name : CLASS.matcher(column).results().toList()) {
                named++;
                if (!classes.contains(name.group(1))) {
                    unknown.add(name.group(1));
                }
            }
        }
        assertEquals(List.of(), unknown);
        assertNotEquals(0, named);
    }

    @Test
    void theFiguresOfThePageMatchTheTests() {
        String page = Pages.read("how-we-know");
        assertTrue(page.contains("| " + FaultRow.values().length + " faults, each with a test |"));

        MatchResult tests = TCK_TESTS.matcher(page).results().findFirst().orElseThrow();
        String totals = Pages.read(Path.of("tck/src/test/java/io/github/tieredjcache/tck/TckTotalsTest.java"));
        assertTrue(totals.contains("new Totals(" + tests.group(1) + ", 0, 0, 0)"), tests::group);
    }

    @Test
    void aBrokenLinkIsFound() {
        assertEquals(List.of("a.md", "b.png"), links("[a](a.md) `[c](c.md)` ![b](b.png)\n```\n[d](d.md)\n```\n"));
        assertTrue(leads(Pages.README, "LICENSE"));
        assertTrue(leads(Pages.README, "examples"));
        assertTrue(leads(Pages.README, "#try-it"));
        assertTrue(leads(Pages.SITE.resolve("index.md"), "../../../README.md#what-you-get-when-"));
        assertTrue(!leads(Pages.README, "#no-such-heading"));
        assertTrue(!leads(Pages.README, "no-such-file.md"));
        assertTrue(!leads(Pages.SITE.resolve("index.md"), "README.md"));
    }

    private static List<String> links(String page) {
        return LINK.matcher(CODE.matcher(page).replaceAll(""))
                .results()
                .map(link -> link.group(1))
                .toList();
    }

    private static boolean isElsewhere(String link) {
        return link.matches("[a-z]+:.*");
    }

    private static boolean leads(Path page, String link) {
        if (isElsewhere(link)) {
            return true;
        }
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        Path target = path.isEmpty() ? page : page.resolveSibling(path).normalize();
        return Files.exists(target) && (hash < 0 || anchors(target).contains(link.substring(hash + 1)));
    }

    /** Returns the anchors of the headings, as a repository renders them. */
    private static Set<String> anchors(Path page) {
        return HEADING.matcher(CODE.matcher(Pages.read(page)).replaceAll("`"))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static Set<String> names(Stream<Path> files) {
        return files.map(PagesTest::nameOf).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String nameOf(Path file) {
        return file.getFileName().toString().replaceFirst("\\.\\w+$", "");
    }
}
