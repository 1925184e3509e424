package io.github.tieredjcache.internal.assembly;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.internal.file.ConfigurationFile;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Jitter;
import io.github.tieredjcache.internal.model.Versions;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.cache.configuration.FactoryBuilder;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.expiry.EternalExpiryPolicy;
import javax.cache.integration.CacheLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StartLogTest {
    private final StartLog log = new StartLog();

    @Test
    void readThroughWithoutALoaderIsReportedOnceForEachCache() {
        MutableConfiguration<String, String> standard = new MutableConfiguration<String, String>()
                .setTypes(String.class, String.class)
                .setReadThrough(true);
        String effect =
                "has read-through on but no loader, so a miss returns null; set a loader, or switch read-through off";
        assertEquals(
                List.of("WARNING cache 'one' " + effect, "WARNING cache 'other' " + effect),
                warnings(TieredConfiguration.builder(standard).build(), "one", "other", "one"));
    }

    @Test
    void staleForWithoutALoaderIsReportedOnce() {
        assertEquals(
                List.of("WARNING cache 'one' has no loader, so these settings have no effect: load.stale-for (the"
                        + " configuration); set a loader, or remove them"),
                warnings(configuration(builder -> builder.staleFor(Duration.ofMinutes(1))), "one", "other"));
    }

    @Test
    void aVerificationAgainstTheSourceWithoutALoaderIsReported() {
        assertEquals(
                List.of(
                        "WARNING cache 'one' has no loader, so these settings have no effect: load.verify-per-minute (the"
                                + " configuration); set a loader, or remove them"),
                warnings(
                        configuration(builder ->
                                builder.redisUri("redis://localhost").with(TieredSetting.LOAD_VERIFY_PER_MINUTE, 60)),
                        "one"));
    }

    @Test
    void staleForWithALoaderIsNotReported() {
        assertEquals(
                List.of(),
                warnings(
                        configuration(builder -> builder.staleFor(Duration.ofMinutes(1))
                                .loader(FactoryBuilder.factoryOf(Nothing.class))),
                        "one"));
    }

    @Test
    void settingsOfRedisWithoutARedisAreReportedOnce() {
        TieredSettings file =
                TieredSettings.from(name -> name.equals("redis.namespace") ? "shop" : null, "a file, line 3");
        assertEquals(
                List.of(
                        "WARNING cache 'one' has no Redis, so these settings have no effect: redis.namespace (a file, line"
                                + " 3), outage.policy (the configuration), redisPassword (the configuration); set redis.uri, empty for"
                                + " no Redis, or remove them"),
                warnings(
                        configuration(builder -> builder.outagePolicy(OutagePolicy.FAIL)
                                .nearMaximumSize(5)
                                .redisPassword(() -> "s3cret")
                                .orElse(file)),
                        "one",
                        "other"));
    }

    @Test
    void settingsOfRedisAreNotReportedIfAnEmptyUriSwitchesRedisOff() {
        assertEquals(
                List.of(),
                warnings(configuration(builder -> builder.redisUri("").with(TieredSetting.WARM_KEYS, 5)), "one"));
    }

    @Test
    void settingsOfTheLibraryForARegionOfHibernateAreNotReported() {
        TieredSettings needed = ConfigurationFile.NONE
                .section("default-update-timestamps-region")
                .settings();
        assertEquals(List.of(), warnings(configuration(builder -> builder.orElse(needed)), "one"));
    }

    @Test
    void theStartOfACacheSaysWhetherTheUriIsMissingOrEmpty() {
        TieredSettings empty = TieredSettings.from(name -> name.equals("redis.uri") ? "" : null, "a file, line 3");
        try (LogLines lines = LogLines.ofStarts()) {
            start("one", configuration(builder -> builder));
            start("other", configuration(builder -> builder.orElse(empty)));
            assertEquals(
                    List.of(
                            "INFO cache 'one' has started: near.maximum-size 10000; no Redis (redis.uri is not set); expiry"
                                    + " eternal; no loader",
                            "INFO cache 'other' has started: near.maximum-size 10000; no Redis; expiry eternal; no loader"),
                    lines.lines());
        }
    }

    private void start(String cacheName, TieredConfiguration<String, String> configuration) {
        NanoClock clock = System::nanoTime;
        TierCounters counters =
                new TierCounters(GaugeSources.none(cacheName), new Statistics(clock, true).latencies(), clock);
        log.started(
                cacheName,
                configuration,
                null,
                new Versions(1),
                new Expiry(cacheName, new EternalExpiryPolicy(), Jitter.NONE, clock),
                new Source<>(null, null, counters));
    }

    private static TieredConfiguration<String, String> configuration(
            UnaryOperator<TieredConfiguration.Builder<String, String>> settings) {
        return settings.apply(TieredConfiguration.builder(String.class, String.class))
                .build();
    }

    private List<String> warnings(TieredConfiguration<?, ?> configuration, String... cacheNames) {
        try (LogLines lines = LogLines.ofStarts()) {
            for (String each : cacheNames) {
                log.warnOfNoEffect(each, configuration);
            }
            return lines.lines();
        }
    }

    /** Has no values. */
    public static final class Nothing implements CacheLoader<String, String> {
        @Override
        public @Nullable String load(String key) {
            return null;
        }

        @Override
        public Map<String, String> loadAll(Iterable<? extends String> keys) {
            return Map.of();
        }
    }
}
