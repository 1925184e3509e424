package io.github.tieredjcache.examples.conversations;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.examples.conversations.Conversation.Message;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** The sentences of {@code corpus.txt}, and the conversations made of them; the same seed makes the same ones. */
final class Corpus {

    private static final int BYTES_MIN = 10_000;
    private static final int BYTES_MAX = 100_000;
    private static final Instant EPOCH = Instant.parse("2025-01-01T00:00:00Z");

    private final List<String> questions = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();
    private final long seed;

    Corpus(long seed) {
        this.seed = seed;
        try (InputStream bytes = Objects.requireNonNull(Corpus.class.getResourceAsStream("corpus.txt"), "corpus.txt");
                var lines = new BufferedReader(new InputStreamReader(bytes, UTF_8))) {
            lines.lines()
                    .filter(line -> !line.isBlank())
                    .forEach(line -> (line.endsWith("?") ? questions : answers).add(line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the id of the conversation with this number. */
    static String id(int number) {
        return "conversation-%05d".formatted(number);
    }

    /** Makes the conversation with this number, of 10 to 100 KB of text; small ones are more frequent than large ones. */
    Conversation conversation(int number) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        long bytesWanted = Math.round(BYTES_MIN * Math.pow((double) BYTES_MAX / BYTES_MIN, random.nextDouble()));
        Instant time = EPOCH.plusSeconds(random.nextInt(365 * 24 * 3600));
        List<Message> messages = new ArrayList<>();
        for (long bytes = 0;
                bytes < bytesWanted;
                bytes += messages.get(messages.size() - 1).text().length()) {
            time = time.plusSeconds(5 + random.nextInt(300));
            messages.add(message(random, messages.size() % 2 == 0, time));
        }
        return new Conversation(
                id(number), pick(questions, random), messages.get(0).time(), messages);
    }

    /** Makes a short message of a user. */
    Message message(SplittableRandom random, Instant time) {
        return message(random, true, time);
    }

    private Message message(SplittableRandom random, boolean byUser, Instant time) {
        int sentences = byUser ? 1 + random.nextInt(3) : 4 + random.nextInt(20);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < sentences; i++) {
            boolean asks = byUser && i == sentences - 1;
            text.append(text.isEmpty() ? "" : random.nextInt(6) == 0 ? "\n\n" : " ")
                    .append(pick(asks ? questions : answers, random));
        }
        Map<String, String> metadata = byUser
                ? Map.of("client", random.nextBoolean() ? "web" : "phone", "language", "en")
                : Map.of(
                        "model", "example-" + (1 + random.nextInt(3)),
                        "tokens", Integer.toString(text.length() / 4),
                        "took", Duration.ofMillis(300 + random.nextInt(4_000)).toString());
        return new Message(byUser ? "user" : "assistant", text.toString(), time, metadata);
    }

    private static String pick(List<String> sentences, SplittableRandom random) {
        return sentences.get(random.nextInt(sentences.size()));
    }
}
