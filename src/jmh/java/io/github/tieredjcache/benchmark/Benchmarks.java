package io.github.tieredjcache.benchmark;

import io.github.tieredjcache.testkit.RedisServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures this product beside its peers and prints the ratios.
 *
 * <p>Peer and product take turns, round after round, so that other work on the machine hits all alike.
 */
public final class Benchmarks {
    /** The system property that tells a measurement where Redis is. */
    static final String REDIS_URI = "benchmark.redis-uri";

    private static final String ALLOCATION = "gc.alloc.rate.norm";

    private static final Logger LOG = Logger.getLogger("io.github.tieredjcache");

    private final Length length;
    private final String redisUri;
    private final Map<Comparison, Map<Contender, Measurement>> results = new LinkedHashMap<>();

    private Benchmarks(Length length, String redisUri) {
        this.length = length;
        this.redisUri = redisUri;
    }

    /**
     * Runs what is asked for.
     *
     * @param arguments the jars of this product, of caffeine-jcache and of Redisson; {@code short} or {@code long}; a
     *     regular expression that the titles of the comparisons to run contain; the file of the chart
     */
    public static void main(String... arguments) throws Exception {
        ClassPaths paths = ClassPaths.of(arguments[0], arguments[1], arguments[2]);
        Length length = Length.of(arguments[3]);
        Pattern only = Pattern.compile(arguments[4]);
        // The class path of this program has all providers, of which this product warns.
        LOG.setLevel(Level.SEVERE);
        List<Comparison> comparisons = Comparison.all(paths).stream()
                .filter(comparison -> only.matcher(comparison.title()).find())
                .toList();
        try (RedisServer redis = RedisServer.start()) {
            Benchmarks benchmarks = new Benchmarks(length, redis.uri());
            for (int round = 1; round <= length.rounds(); round++) {
                benchmarks.round(round, comparisons);
            }
            String title = "Java " + Runtime.version() + ", " + arguments[3] + " run";
            System.out.printf("%n%s%n%n", title);
            System.out.print(RatioTable.of(comparisons, benchmarks.results));
            RatioChart.draw(comparisons, benchmarks.results, title, Path.of(arguments[5]));
            System.out.println();
            print(only, "heap", () -> HeapOfEntries.measure(paths, length.entries()));
            print(only, "start", () -> StartTime.measure(paths, redis, length.starts()));
            print(only, "stampede", () -> Stampede.measure(paths, redis));
            print(only, "nodes", () -> CommandsOfNodes.measure(redis));
            print(only, "clear()", () -> ClearTime.measure(redis));
        }
    }

    private static void print(Pattern only, String title, Callable<String> measured) throws Exception {
        if (only.matcher(title).find()) {
            System.out.println(measured.call());
        }
    }

    private void round(int round, List<Comparison> comparisons) {
        for (int i = 0; i < comparisons.size(); i++) {
            Comparison comparison = comparisons.get(i);
            List<Contender> turns = new ArrayList<>(comparison.peers());
            turns.add(comparison.ours());
            if (round % 2 == 0) {
                Collections.reverse(turns);
            }
            for (Contender contender : turns) {
                System.out.printf(
                        "round %d/%d, %2d/%d: %s, %d threads, %s: ",
                        round,
                        length.rounds(),
                        i + 1,
                        comparisons.size(),
                        comparison.title(),
                        comparison.threads(),
                        contender.name());
                System.out.flush();
                System.out.println(measure(comparison, contender));
            }
        }
    }

    private String measure(Comparison comparison, Contender contender) {
        // JMH starts a measurement's virtual machine with the class path that this property names.
        System.setProperty("java.class.path", contender.classPath());
        Measurement measured = Measurement.NONE;
        try {
            for (RunResult run : new Runner(options(comparison, contender).build()).run()) {
                for (BenchmarkResult fork : run.getBenchmarkResults()) {
                    for (IterationResult iteration : fork.getIterationResults()) {
                        measured = measured.least(measurement(iteration));
                    }
                }
            }
        } catch (RunnerException e) {
            throw new IllegalStateException("could not measure " + contender.name() + " at " + comparison.title(), e);
        }
        results.computeIfAbsent(comparison, c -> new LinkedHashMap<>()).merge(contender, measured, Measurement::least);
        return String.format(Locale.ROOT, "%.1f ns, %.1f ns of CPU", measured.nanos(), measured.cpuNanos());
    }

    private ChainedOptionsBuilder options(Comparison comparison, Contender contender) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(Pattern.quote(contender.benchmark().getName() + "." + contender.method()) + "$")
                .threads(comparison.threads())
                .forks(1)
                .warmupIterations(1)
                .warmupTime(length.warmupTime(comparison))
                .measurementIterations(length.iterations())
                .measurementTime(length.iterationTime(comparison))
                .addProfiler(GCProfiler.class)
                .addProfiler(CpuTime.class)
                .jvmArgs("-Xms1g", "-Xmx1g", "-D" + REDIS_URI + "=" + redisUri)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        contender.parameters().forEach(options::param);
        return options;
    }

    private static Measurement measurement(IterationResult iteration) {
        return new Measurement(
                iteration.getPrimaryResult().getScore(),
                secondary(iteration, CpuTime.RESULT),
                secondary(iteration, ALLOCATION));
    }

    private static double secondary(IterationResult iteration, String name) {
        Result<?> result = iteration.getSecondaryResults().get(name);
        if (result == null) {
            throw new IllegalStateException("JMH did not measure " + name);
        }
        return result.getScore();
    }
}
