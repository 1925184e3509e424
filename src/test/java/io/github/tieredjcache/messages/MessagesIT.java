package io.github.tieredjcache.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Pages;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page about messages has what users read for each mistake. */
class MessagesIT {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([^|]+) \\| `(\\w+)` \\| `([^`]+)` \\|$");
    private static final Map<String, String> ROWS = ROW.matcher(Pages.read("what-does-this-message-mean"))
            .results()
            .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2) + ": " + row.group(3)));

    static List<Mistake> mistakes() {
        return Stream.of(
                        RedisMistakes.ofUris(),
                        RedisMistakes.ofServers(),
                        ConfigurationMistakes.all(),
                        CallMistakes.all(),
                        ValueMistakes.all(),
                        LibraryMistakes.all())
                .flatMap(List::stream)
                .toList();
    }

    @Test
    void eachRowOfThePageIsTestedAndEachMistakeHasARow() {
        assertEquals(
                ROWS.keySet(),
                mistakes().stream()
                        .collect(Collectors.toMap(Mistake::name, Function.identity()))
                        .keySet());
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void eachMessageIsTheOneOnThePage(Mistake mistake) throws Exception {
        String message = mistake.message().call();
        String row = Objects.requireNonNull(ROWS.get(mistake.name()), () -> "no row has: " + message);
        assertTrue(
                pattern(row).matcher(message).matches(), () -> "the page has\n" + row + "\nbut read was\n" + message);
    }

    /** An ellipsis of the page stands for any text. */
    private static Pattern pattern(String row) {
        return Pattern.compile(
                Stream.of(row.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".+")), Pattern.DOTALL);
    }
}
