package io.github.tieredjcache.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.framework.HibernateTimestampLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationFileTest {
    @TempDir
    Path directory;

    @Test
    void theSectionOfACacheOverridesItsTemplateAndTheTemplateTheDefaults() throws Exception {
        ConfigurationFile file = read("""
                tiered-jcache {
                  defaults { near.maximum-size = 1, write.wait = 1s, load.wait = 1s, expiry.created = 1h }
                  caches {
                    "com.shop.*" { near { maximum-size = 2 }, write.wait = 2s }
                    "com.*"      { near.maximum-size = 3, load.wait = 3s }
                    "com.shop.Order" { near.maximum-size = 4, expiry.accessed = 10m }
                  }
                }
                """);
        CacheSection order = file.section("com.shop.Order");
        assertEquals(4, order.settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals(Duration.ofSeconds(2), order.settings().get(TieredSetting.WRITE_WAIT));
        // Only the most precise template applies.
        assertEquals(Duration.ofSeconds(1), order.settings().get(TieredSetting.LOAD_WAIT));
        assertEquals(new CacheSection.Expiry(JCacheOption.EXPIRY_ACCESSED, Duration.ofMinutes(10)), order.expiry());
        assertEquals(2, file.section("com.shop.Item").settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals(3, file.section("com.bank.Item").settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals(
                Duration.ofSeconds(3), file.section("com.bank.Item").settings().get(TieredSetting.LOAD_WAIT));
        assertEquals(1, file.section("org.Item").settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals(
                new CacheSection.Expiry(JCacheOption.EXPIRY_CREATED, Duration.ofHours(1)),
                file.section("org.Item").expiry());
        assertEquals(Set.of("com.shop.Order"), file.cacheNames());
    }

    @ParameterizedTest
    @ValueSource(strings = {"500us", "999999ns", "0d", "-1s"})
    void aLifetimeBelowAMillisecondIsRefused(String lifetime) {
        String message = problems("tiered-jcache.defaults { expiry.created = " + lifetime + " }");
        assertTrue(
                message.contains("expiry.created must be at least 1ms, or eternal, was '" + lifetime + "'"), message);
    }

    @Test
    void anEmptyListOfAllowedClassesOverridesTheDefaults() throws Exception {
        ConfigurationFile file = read("""
                tiered-jcache {
                  defaults { codec.allowed = ["com.shop.*"] }
                  caches { open { codec.allowed = [] } }
                }
                """);
        assertEquals(List.of(), file.section("open").settings().get(TieredSetting.CODEC_ALLOWED));
        assertEquals(List.of("com.shop.*"), file.section("other").settings().get(TieredSetting.CODEC_ALLOWED));
    }

    @Test
    void aMaximumSizeOverridesAMaximumWeightOfTheDefaults() throws Exception {
        ConfigurationFile file = read("""
                tiered-jcache {
                  defaults { near.maximum-weight = 64MiB }
                  caches { small { near.maximum-size = 10 } }
                }
                """);
        assertEquals(0, file.section("small").settings().get(TieredSetting.NEAR_MAXIMUM_WEIGHT));
        assertEquals(10, file.section("small").settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals(64 << 20, file.section("other").settings().get(TieredSetting.NEAR_MAXIMUM_WEIGHT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"default-update-timestamps-region", "shop.default-update-timestamps-region"})
    void theTimestampsOfHibernateAreSafeWhateverTemplatesAndDefaultsSay(String region) throws Exception {
        ConfigurationFile general = read("""
                tiered-jcache {
                  defaults { near.time-to-live = 1m, outage.failover-repair = off, near.maximum-size = 3 }
                  caches { "*" { expiry.created = 1h } }
                }
                """);
        for (ConfigurationFile file :
                List.of(ConfigurationFile.NONE, general, ConfigurationFile.NONE.orElse(general))) {
            CacheSection timestamps = file.section(region);
            assertEquals(Duration.ZERO, timestamps.settings().get(TieredSetting.NEAR_TIME_TO_LIVE));
            assertTrue(timestamps.settings().get(TieredSetting.OUTAGE_FAILOVER_REPAIR));
            assertEquals(new CacheSection.Expiry(JCacheOption.EXPIRY_MODIFIED, null), timestamps.expiry());
            assertEquals(HibernateTimestampLoader.class.getName(), timestamps.text(JCacheOption.LOADER));
            assertFalse(file.cacheNames().contains(region), "no other application sees such a cache");
        }
        assertEquals(3, general.section(region).settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals(
                64 << 10,
                general.section("default-query-results-region").settings().get(TieredSetting.CODEC_MAXIMUM_KEY_SIZE));
    }

    @Test
    void theSectionOfItsOwnOverridesWhatARegionOfHibernateNeeds() throws Exception {
        ConfigurationFile own = read("""
                tiered-jcache.caches { "default-update-timestamps-region" { near.time-to-live = 2s, expiry.created = 1d } }
                """);
        for (ConfigurationFile file : List.of(own, ConfigurationFile.NONE.orElse(own))) {
            CacheSection timestamps = file.section("default-update-timestamps-region");
            assertEquals(Duration.ofSeconds(2), timestamps.settings().get(TieredSetting.NEAR_TIME_TO_LIVE));
            assertEquals(new CacheSection.Expiry(JCacheOption.EXPIRY_CREATED, Duration.ofDays(1)), timestamps.expiry());
            assertEquals(HibernateTimestampLoader.class.getName(), timestamps.text(JCacheOption.LOADER));
        }
    }

    @Test
    void aStarMatchesAnyTextAndADotOnlyADot() throws Exception {
        ConfigurationFile file = read("""
                tiered-jcache.caches { "a.*.c" { near.maximum-size = 7 }, "*" { near.maximum-size = 8 } }
                """);
        assertEquals(7, file.section("a.b.c").settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals(7, file.section("a..c").settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals(7, file.section("a.b\n.d.c").settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals(8, file.section("axbxc").settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals(8, file.section("").settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
    }

    @Test
    void valuesAreTextsNumbersSwitchesAndLists() throws Exception {
        ConfigurationFile file = read("""
                tiered-jcache.defaults {
                  near.maximum-weight = 64MiB
                  load.refresh-ahead = 1.5
                  outage.failover-repair = true
                  statistics = on
                  store-by-value = false
                  codec.allowed = ["com.shop.*", "com.bank.Account"]
                  expiry.touched = eternal
                  key-type = java.lang.Long
                }
                """);
        CacheSection any = file.section("any");
        assertEquals(64 << 20, any.settings().get(TieredSetting.NEAR_MAXIMUM_WEIGHT));
        assertEquals(1.5, any.settings().get(TieredSetting.LOAD_REFRESH_AHEAD));
        assertTrue(any.settings().get(TieredSetting.OUTAGE_FAILOVER_REPAIR));
        assertEquals(List.of("com.shop.*", "com.bank.Account"), any.settings().get(TieredSetting.CODEC_ALLOWED));
        assertEquals(true, any.isOn(JCacheOption.STATISTICS));
        assertEquals(false, any.isOn(JCacheOption.STORE_BY_VALUE));
        assertNull(any.isOn(JCacheOption.MANAGEMENT));
        assertEquals(new CacheSection.Expiry(JCacheOption.EXPIRY_TOUCHED, null), any.expiry());
        assertEquals("java.lang.Long", any.text(JCacheOption.KEY_TYPE));
    }

    @Test
    void environmentVariablesThatAreSetAreSubstituted() throws Exception {
        ConfigurationFile file = read("""
                tiered-jcache.defaults {
                  redis.namespace = fallback
                  redis.namespace = ${?TIERED_JCACHE_NO_SUCH_VARIABLE}
                  redis.tls.ca-file = ${PATH}
                }
                """);
        assertEquals(System.getenv("PATH"), file.section("any").settings().get(TieredSetting.REDIS_TLS_CA_FILE));
        assertEquals("fallback", file.section("any").settings().get(TieredSetting.REDIS_NAMESPACE));
        String missing = problems("tiered-jcache.defaults { redis.namespace = ${TIERED_JCACHE_NO_SUCH_VARIABLE} }");
        assertTrue(missing.contains("TIERED_JCACHE_NO_SUCH_VARIABLE"), missing);
    }

    @Test
    void allErrorsAreReportedWithLineRuleAndTheMostSimilarName() {
        String message = problems("""
                tiered-jcache {
                  default { near.maximum-size = 1 }
                  caches {
                    orders {
                      near.maximum-sise = 5
                      near.maximum-size = 0
                      load.wait = 5
                      statistics = yes please
                      expiry.created = 10m
                      expiry.accessed = 0s
                      loader = com.shop.Missing
                      key-type = "int", value-type = "void[]"
                      writer = java.lang.String
                      outage.policy = [maybe]
                      write.lease = null
                    }
                    both { near.maximum-size = 1, near.maximum-weight = 1MiB, expiry.created = 1s, expiry.touched = 2s }
                    odd = 7
                  }
                }
                other = 1
                """);
        String place = directory.resolve("test.conf").toUri().toString().replace("file:///", "file:/");
        for (String each : List.of(
                "has 16 problems",
                place + ", line 21: unknown name 'other' in the file; did you mean 'tiered-jcache'?",
                place + ", line 2: unknown name 'default' in tiered-jcache; did you mean 'defaults'?",
                "line 5: unknown setting 'near.maximum-sise' in \"orders\"; did you mean 'near.maximum-size'?",
                "near.maximum-size must be positive, was 0 in " + place + ", line 6",
                "load.wait must be a duration such as 250ms, 5s, 10m, 2h or 1d, was '5' in " + place + ", line 7",
                "line 8: statistics must be on or off, was 'yes please'",
                "line 10: expiry.accessed must be at least 1ms, or eternal, was '0s'",
                "line 11: loader must name a class that the cache manager's loader finds, was 'com.shop.Missing'",
                "line 12: key-type must name a class that the cache manager's loader finds, was 'int'",
                "line 12: value-type must name a class that the cache manager's loader finds, was 'void[]'",
                "line 13: writer must name a class that implements javax.cache.integration.CacheWriter and has a public constructor"
                        + " without parameters, was 'java.lang.String'",
                "outage.policy must be local or fail, was 'maybe' in " + place + ", line 14",
                "line 15: 'write.lease' in \"orders\" must be a text, number or list, was null",
                "line 17: \"both\" has both near.maximum-size and near.maximum-weight: the near tier has one bound",
                "line 17: \"both\" has expiry.created and expiry.touched: a cache has one expiry",
                "line 18: 'odd' must be a section in braces, was a number")) {
            assertTrue(message.contains(each), () -> each + "\nis not in\n" + message);
        }
    }

    @Test
    void invalidHoconIsReportedWithItsLine() {
        String message = problems("tiered-jcache {\n  defaults {\n");
        assertTrue(message.startsWith("the configuration file file:"), message);
        assertTrue(message.contains("3") || message.contains("2"), message);
    }

    @Test
    void noMessageContainsAPassword() {
        String message = problems("tiered-jcache.defaults { redis.uri = \"redis://user:s3cret@:0\" }");
        assertTrue(message.contains("redis.uri"), message);
        assertTrue(!message.contains("s3cret"), message);
    }

    @Test
    void anEmptyFileSetsNothing() throws Exception {
        assertEquals(
                CacheSection.NONE.settings().toString(),
                read("").section("any").settings().toString());
        assertEquals(Set.of(), read("tiered-jcache { defaults {} }").cacheNames());
        assertEquals("no file", ConfigurationFile.NONE.toString());
    }

    static Stream<Arguments> badLinesWithAPassword() {
        return Stream.of(
                Arguments.of("redis.uri \"redis://app:s3cret@host\"", "line 3: this is not HOCON"),
                Arguments.of("redis.uri redis://app:s3cret@host", "is not HOCON; a line must be name = value"),
                Arguments.of("redis.uri = redis://app:s3cret@host", "must be in double quotes"),
                Arguments.of("redis.uri = \"redis://app:s3cret@host", "must be in double quotes"),
                Arguments.of("redis.uri = s3cret@host", "must be in double quotes"),
                Arguments.of("redis.uri = [s3cret", "is not HOCON"),
                Arguments.of("redis.uri \"redis://app:s3cret@host\" = on", "unknown setting '***' in defaults"),
                Arguments.of("redis.uri { \"redis://app:s3cret@host\" = 1 }", "unknown setting '***' in defaults"),
                Arguments.of("redis.uri = \"redis://app:\"${s3cret}\"@host\"", "line 2: ${…} is not set"),
                Arguments.of("redis.uri = ${s3cret}", "line 2: ${…} is not set"),
                Arguments.of("redis.uri = \"s3cret\" { a = 1 }", "line 2: values that are joined here"),
                Arguments.of(
                        "redis.uri = \"redis://app:12/s3cret@host\"", "redis.uri must not contain an '@' other than"),
                Arguments.of("key-type = \"redis://app:s3cret@host\"", "key-type must name a class"),
                Arguments.of("include \"redis://app:s3cret@host\" x", "is not HOCON"));
    }

    @ParameterizedTest
    @Covers(FaultRow.F103)
    @MethodSource("badLinesWithAPassword")
    void anInvalidLineIsReportedByItsNumberAndNotQuoted(String line, String words) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> read("tiered-jcache.defaults {\n" + line + "\n}\n"));
        StringWriter everything = new StringWriter();
        refused.printStackTrace(new PrintWriter(everything));
        assertFalse(everything.toString().contains("s3cret"), everything.toString());
        assertTrue(everything.toString().contains(words), everything.toString());
        assertTrue(everything.toString().contains("test.conf"), everything.toString());
    }

    @Test
    void aFileThatCannotBeOpenedIsReportedWithTheReason() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> ConfigurationFile.read(
                        directory.resolve("none.conf").toUri().toURL(),
                        getClass().getClassLoader()));
        assertTrue(
                refused.getMessage().contains("none.conf")
                        && refused.getMessage().contains("(FileNotFoundException)"),
                refused.getMessage());
    }

    private ConfigurationFile read(String text) throws IOException {
        Path file = directory.resolve("test.conf");
        Files.writeString(file, text);
        return ConfigurationFile.read(file.toUri().toURL(), getClass().getClassLoader());
    }

    private String problems(String text) {
        return assertThrows(IllegalArgumentException.class, () -> read(text)).getMessage();
    }
}
