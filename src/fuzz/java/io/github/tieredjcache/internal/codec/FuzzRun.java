package io.github.tieredjcache.internal.codec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs Jazzer, a coverage-guided fuzzer, on the decoders of values and keys; begins with valid bytes. */
public final class FuzzRun {
    private static final Pattern EXECUTED = Pattern.compile("stat::number_of_executed_units:\\s*(\\d+)");
    private static final Pattern COVERED = Pattern.compile("cov: (\\d+)");

    /** The targets; each is fuzzed in a process of its own. */
    private enum Target {
        VALUES(ValueFuzz.class, 3),
        KEYS(KeyFuzz.class, 1);

        private final Class<?> harness;
        private final int share;

        Target(Class<?> harness, int share) {
            this.harness = harness;
            this.share = share;
        }

        private List<byte[]> seeds() {
            return this == VALUES ? Seeds.values() : Seeds.keys();
        }

        private int seconds(int inAll) {
            return Math.max(1, inAll * share / 4);
        }
    }

    private final Path folder;
    private final String seed;

    private FuzzRun(Path folder, String seed) {
        this.folder = folder;
        this.seed = seed;
    }

    /**
     * Fuzzes all targets; throws an exception if the fuzzer found a failure.
     *
     * @param arguments the folder for corpora and findings; the total seconds; the seed, 0 for a new one
     */
    public static void main(String... arguments) throws IOException, InterruptedException {
        FuzzRun run = new FuzzRun(Path.of(arguments[0]).toAbsolutePath(), arguments[2]);
        int seconds = Integer.parseInt(arguments[1]);
        boolean found = false;
        for (Target target : Target.values()) {
            found |= run.finds(target, target.seconds(seconds));
        }
        if (found) {
            throw new IllegalStateException(
                    "the fuzzer found bytes that yield neither a value nor a miss, or cost too much");
        }
    }

    private boolean finds(Target target, int seconds) throws IOException, InterruptedException {
        Path own = folder.resolve(target.name().toLowerCase(Locale.ROOT));
        Path corpus = Files.createDirectories(own.resolve("corpus"));
        Path findings = Files.createDirectories(own.resolve("findings"));
        Path output = own.resolve("output.txt");
        List<byte[]> seeds = target.seeds();
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(corpus.resolve("seed-" + i), seeds.get(i));
        }
        Process fuzzer = new ProcessBuilder(command(target.harness, corpus, findings, seconds))
                .directory(findings.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean found = fuzzer.waitFor() != 0;
        String log = Files.readString(output);
        System.out.printf(
                "%s: %,d inputs in %d s, from %d valid seeds; %s branches covered; %s%n",
                target,
                last(EXECUTED, log),
                seconds,
                seeds.size(),
                last(COVERED, log),
                found ? "FOUND something, see " + output : "nothing found");
        return found;
    }

    private List<String> command(Class<?> harness, Path corpus, Path findings, int seconds) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + harness.getName(),
                "--instrumentation_includes=io.github.tieredjcache.internal.codec.**:com.esotericsoftware.kryo.**",
                "--reproducer_path=" + findings,
                "-artifact_prefix=" + findings + "/",
                "-max_total_time=" + seconds,
                "-seed=" + seed,
                "-timeout=20",
                "-max_len=4096",
                "-print_final_stats=1",
                corpus.toString());
    }

    private static long last(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        long last = 0;
        while (matcher.find()) {
            last = Long.parseLong(matcher.group(1));
        }
        return last;
    }
}
