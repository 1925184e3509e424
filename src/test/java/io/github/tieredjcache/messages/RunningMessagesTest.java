package io.github.tieredjcache.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Pages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about messages has those of a running application in the words of the code. */
class RunningMessagesTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\(`\\w+`\\) \\| [^|]+ \\|$");
    /** Where the code puts messages together; an ellipsis of the page stands for any text. */
    private static final Pattern JOINT =
            Pattern.compile("…|[:;] | ms |, was |(?<=of the cache|no connection|key-file) ");

    @Test
    void eachPartOfAMessageIsInTheCode() throws IOException {
        List<String> messages = ROW.matcher(Pages.read("what-does-this-message-mean"))
                .results()
                .map((MatchResult row) -> row.group(1))
                .toList();
        assertTrue(messages.size() > 50, messages::toString);

        String code = literals();
        assertEquals(
                List.of(),
                messages.stream()
                        .flatMap(JOINT::splitAsStream)
                        .map(String::strip)
                        .filter(part -> !code.contains(part))
                        .toList());
    }

    /** Returns the sources, with the parts of each literal joined, and without the escapes of formats. */
    private static String literals() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            for (Path each :
                    files.filter(file -> file.toString().endsWith(".java")).toList()) {
                all.append(Files.readString(each));
            }
        }
        return all.toString().replaceAll("\"\\s*\\+\\s*\"", "").replace("''", "'");
    }
}
