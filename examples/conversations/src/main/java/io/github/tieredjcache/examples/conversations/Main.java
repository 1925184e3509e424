package io.github.tieredjcache.examples.conversations;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.testkit.RedisServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs the whole example: fills the store, lets one JVM serve requests and then a second one, whose near tier is as empty as
 * after any restart, and prints what the tiers were good for.
 *
 * <p>Exits with 0 if every criterion was met, with 1 if one was missed.
 */
public final class Main {

    private static final Duration NODE_GRACE = Duration.ofSeconds(60);

    private final Settings settings;
    private final PrintStream out;

    Main(Settings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    /**
     * Runs the example and ends the virtual machine.
     *
     * @param arguments settings as {@code name=value}; see {@code Settings}
     */
    public static void main(String[] arguments) throws Exception {
        Settings settings = Settings.parse(List.of(arguments));
        ResultTable results = new Main(settings, System.out).run();
        System.exit(results.criteria().stream().allMatch(ResultTable.Criterion::met) ? 0 : 1);
    }

    /** Runs all phases and prints the results. */
    ResultTable run() throws IOException, InterruptedException {
        long beganNanos = System.nanoTime();
        Path folder = Files.createTempDirectory("tiered-jcache-conversations-");
        try (RedisServer redis = RedisServer.start()) {
            out.println("Redis: " + redis);
            out.printf(
                    "Store: H2 through JDBC, in a file in %s, made slow: %d ms more for each conversation that is read%n",
                    folder, settings.findMillis());
            long messagesBefore = fill(storeFile(folder));
            out.printf(
                    "Requests: %,d a second in %d threads, %d%% of them append a message; Zipf with s = %s over %,d"
                            + " conversations%n%n",
                    settings.requestsPerSecond(),
                    settings.threads(),
                    settings.writePercent(),
                    settings.zipf(),
                    settings.conversations());
            out.printf("JVM 1 serves for %d s; all tiers start empty%n", settings.warmSeconds());
            NodeReport first = serve(1, redis, folder, settings.warmSeconds());
            out.printf("JVM 2 serves for %d s; near starts empty, Redis is as JVM 1 left it%n", settings.coldSeconds());
            NodeReport second = serve(2, redis, folder, settings.coldSeconds());
            long messagesExpected =
                    messagesBefore + first.tally().writes() + second.tally().writes();
            long messagesMissing = messagesExpected - messageCount(storeFile(folder));

            Stampede stampede = Objects.requireNonNull(second.stampede(), "the second node's stampede");
            ResultTable table = new ResultTable(first, second, stampede, messagesMissing);
            out.println();
            out.println(table.text());
            out.printf("%nTook %d s.%n", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNanos));
            return table;
        } finally {
            delete(folder);
        }
    }

    private static Path storeFile(Path folder) {
        return folder.resolve("conversations");
    }

    /** Fills the store, with one conversation beyond those that are asked for; returns how many messages it holds. */
    private long fill(Path storeFile) {
        Corpus corpus = new Corpus(settings.seed());
        try (ConversationStore store = new ConversationStore(storeFile, 0)) {
            store.createTables();
            long characters = 0;
            for (int number = 0; number <= settings.conversations(); number++) {
                Conversation conversation = corpus.conversation(number);
                store.save(conversation);
                characters += conversation.messages().stream()
                        .mapToLong(message -> message.text().length())
                        .sum();
                if (number % Math.max(1, settings.conversations() / 4) == 0 && number > 0) {
                    out.printf("  stored %,d conversations, %,d KB of text%n", number, characters / 1_000);
                }
            }
            return store.messageCount();
        }
    }

    private static long messageCount(Path storeFile) {
        try (ConversationStore store = new ConversationStore(storeFile, 0)) {
            return store.messageCount();
        }
    }

    private NodeReport serve(int number, RedisServer redis, Path folder, int seconds)
            throws IOException, InterruptedException {
        Path reportFile = folder.resolve("report-" + number);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                ServiceNode.class.getName(),
                storeFile(folder).toString(),
                reportFile.toString(),
                // The folder's name is new with each run: what an earlier run left in a Redis is not found by this one.
                folder.toFile().getName(),
                Integer.toString(number)));
        command.addAll(settings.arguments());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("TIERED_JCACHE_REDIS_URI", redis.uri());
        Process node = builder.start();
        // The wait for a node that hangs is bounded: it is killed, and the reader of its output ends with it.
        var overdue = CompletableFuture.runAsync(
                node::destroyForcibly,
                CompletableFuture.delayedExecutor(seconds + NODE_GRACE.toSeconds(), TimeUnit.SECONDS));
        try (var lines = node.inputReader(UTF_8)) {
            lines.lines().forEach(out::println);
            if (node.waitFor() != 0) {
                throw new IllegalStateException("JVM " + number + " ended with exit code " + node.exitValue());
            }
        } finally {
            overdue.cancel(false);
            node.destroyForcibly();
        }
        return NodeReport.read(reportFile);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
