package io.github.tieredjcache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import io.github.tieredjcache.management.TieredCacheMXBean;
import io.github.tieredjcache.micrometer.TieredCacheMetrics;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.configuration.Configuration;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.expiry.Duration;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.cache.CacheAutoConfiguration;
import org.springframework.boot.autoconfigure.cache.JCacheManagerCustomizer;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.ApplicationContext;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/** What the auto-configuration gives to an application, and when it backs off. */
class TieredCacheAutoConfigurationTest {
    private final ApplicationContextRunner empty = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    CacheAutoConfiguration.class,
                    TieredCacheAutoConfiguration.class,
                    TieredCacheActuatorAutoConfiguration.class))
            // No test of this class needs a connection.
            .withPropertyValues("tiered-jcache.redis.connect-timeout=1ms");
    private final ApplicationContextRunner runner = empty.withUserConfiguration(Caching.class);

    @EnableCaching
    static class Caching {}

    private static TieredConfiguration<?, ?> configuration(ApplicationContext context, String name) {
        assertThat(context.getBean(CacheManager.class).getCache(name)).isNotNull();
        Cache<Object, Object> cache =
                context.getBean(javax.cache.CacheManager.class).getCache(name);
        return (TieredConfiguration<?, ?>) cache.<Configuration<Object, Object>>getConfiguration(type());
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Class<Configuration<Object, Object>> type() {
        return (Class) TieredConfiguration.class;
    }

    private static TieredSettings settings(ApplicationContext context, String name) {
        return configuration(context, name).settings();
    }

    @Test
    void theJarNamesItsAutoConfigurations() {
        List<String> named = ImportCandidates.load(
                        org.springframework.boot.autoconfigure.AutoConfiguration.class,
                        getClass().getClassLoader())
                .getCandidates();
        assertThat(named)
                .contains(
                        TieredCacheAutoConfiguration.class.getName(),
                        TieredCacheActuatorAutoConfiguration.class.getName());
    }

    @Test
    void itIsChosenBeforeSpringBootsOwnProviders() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(CacheManager.class);
            assertThat(context.getBean(CacheManager.class)).isInstanceOf(TieredSpringCacheManager.class);
            assertThat(context).hasSingleBean(javax.cache.CacheManager.class);
        });
        runner.withPropertyValues("spring.cache.type=jcache")
                .run(context -> assertThat(context).hasSingleBean(TieredSpringCacheManager.class));
    }

    @Test
    void itBacksOff() {
        empty.run(context -> assertThat(context)
                .doesNotHaveBean(CacheManager.class)
                .doesNotHaveBean(javax.cache.CacheManager.class)
                .doesNotHaveBean(TieredCacheMetrics.class));
        runner.withBean(CacheManager.class, ConcurrentMapCacheManager::new)
                .run(context -> assertThat(context)
                        .hasSingleBean(ConcurrentMapCacheManager.class)
                        .doesNotHaveBean(TieredSpringCacheManager.class));
        runner.withBean("mine", javax.cache.CacheManager.class, () -> new TieredCachingProvider().getCacheManager())
                .run(context -> assertThat(context).doesNotHaveBean(TieredSpringCacheManager.class));
        runner.withPropertyValues("spring.cache.type=simple")
                .run(context -> assertThat(context)
                        .hasSingleBean(ConcurrentMapCacheManager.class)
                        .doesNotHaveBean(javax.cache.CacheManager.class));
        runner.withPropertyValues("spring.cache.type=none")
                .run(context -> assertThat(context).doesNotHaveBean(TieredSpringCacheManager.class));
    }

    @Test
    void itIsThereWithoutActuatorAndWithoutMicrometer() throws Exception {
        assertThat(onlySpring("actuator|micrometer|spring-boot-(cache|data-redis|health)-"))
                .isEqualTo("TieredSpringCacheManager value falsefalsefalse");
        assertThat(onlySpring("actuator|micrometer|spring-boot-(cache|data-redis|health)-|spring-context-support"))
                .isEqualTo("ConcurrentMapCacheManager value falsefalsefalse");
    }

    /** Runs an application without some jars of the class path. */
    private static Object onlySpring(String without) throws Exception {
        List<URL> jars = new ArrayList<>();
        for (String each : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!Pattern.compile("(" + without + ")[^/]*$").matcher(each).find()) {
                jars.add(Path.of(each).toUri().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Callable<?> onlySpring = (Callable<?>) loader.loadClass(OnlySpring.class.getName())
                    .getConstructor()
                    .newInstance();
            return onlySpring.call();
        }
    }

    @Test
    void aCacheIsCreatedOnFirstUse() {
        runner.run(context -> {
            assertThat(context.getBean(CacheManager.class).getCacheNames()).isEmpty();
            assertThat(configuration(context, "books").isStatisticsEnabled()).isTrue();
            assertThat(context.getBean(CacheManager.class).getCacheNames()).containsExactly("books");
        });
    }

    @Test
    void theCachesThatSpringBootsPropertyNamesAreTheOnlyOnes() {
        runner.withPropertyValues(
                        "spring.cache.cache-names=books,prices", "tiered-jcache.caches.more.expiry.created=1m")
                .run(context -> {
                    CacheManager manager = context.getBean(CacheManager.class);
                    assertThat(manager.getCacheNames()).containsExactlyInAnyOrder("books", "prices", "more");
                    assertThat(manager.getCache("other")).isNull();
                });
    }

    @Test
    void propertiesSetUpTheCaches() {
        runner.withPropertyValues(
                        "tiered-jcache.near.maximum-size=7",
                        "tiered-jcache.outage.failover-repair=true",
                        "tiered-jcache.expiry.created=5m",
                        "tiered-jcache.caches.books.near.maximum-size=8",
                        "tiered-jcache.caches.books.expiry.accessed=1h",
                        "tiered-jcache.caches.[com.*].statistics=off")
                .run(context -> {
                    assertThat(settings(context, "other").get(TieredSetting.NEAR_MAXIMUM_SIZE))
                            .isEqualTo(7);
                    assertThat(settings(context, "other").get(TieredSetting.OUTAGE_FAILOVER_REPAIR))
                            .isTrue();
                    assertThat(settings(context, "books").get(TieredSetting.NEAR_MAXIMUM_SIZE))
                            .isEqualTo(8);
                    assertThat(configuration(context, "books")
                                    .getExpiryPolicyFactory()
                                    .create()
                                    .getExpiryForAccess())
                            .isEqualTo(new Duration(TimeUnit.HOURS, 1));
                    assertThat(configuration(context, "other")
                                    .getExpiryPolicyFactory()
                                    .create()
                                    .getExpiryForCreation())
                            .isEqualTo(new Duration(TimeUnit.MINUTES, 5));
                    assertThat(configuration(context, "com.shop.Book").isStatisticsEnabled())
                            .isFalse();
                });
    }

    @Test
    void aSystemPropertyIsReadAsSpringReadsIt() {
        runner.withPropertyValues("host=one")
                .withSystemProperties(
                        "tiered-jcache.outage.failover-repair=true", "tiered-jcache.redis.uri=redis://${host}")
                .run(context -> {
                    assertThat(settings(context, "books").get(TieredSetting.OUTAGE_FAILOVER_REPAIR))
                            .isTrue();
                    assertThat(settings(context, "books").get(TieredSetting.REDIS_URI))
                            .isEqualTo("redis://one");
                });
    }

    @Test
    void aSystemPropertyHasItsPlaceAmongTheSourcesOfSpring() {
        ApplicationContextRunner system = runner.withSystemProperties("tiered-jcache.near.maximum-size=100");
        system.withPropertyValues("tiered-jcache.caches.books.near.maximum-size=5")
                .run(context -> {
                    assertThat(settings(context, "books").get(TieredSetting.NEAR_MAXIMUM_SIZE))
                            .isEqualTo(5);
                    assertThat(settings(context, "other").get(TieredSetting.NEAR_MAXIMUM_SIZE))
                            .isEqualTo(100);
                });
        system.withPropertyValues("tiered-jcache.near.maximum-size=7")
                .run(context -> assertThat(settings(context, "books").get(TieredSetting.NEAR_MAXIMUM_SIZE))
                        .isEqualTo(7));
    }

    @Test
    void aMistakeIsReportedWithTheNameThatWasMeant() {
        runner.withPropertyValues("tiered-jcache.near.maximum-sise=7", "tiered-jcache.caches.books.expiry.created=soon")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("unknown setting 'near.maximum-sise'")
                        .hasMessageContaining("did you mean 'near.maximum-size'?")
                        .hasMessageContaining("expiry.created must be a lifetime such as 30s, 10m, 2h, 1d or eternal"));
    }

    @Test
    void aMistakeIsShownWithoutAStackTrace() {
        runner.withPropertyValues("tiered-jcache.redis.url=redis://host").run(context -> {
            FailureAnalysis shown = new InvalidPropertiesAnalyzer().analyze(context.getStartupFailure());
            assertThat(shown.getDescription())
                    .isEqualTo("the section tiered-jcache of the application's configuration has a problem:\n"
                            + "  the section tiered-jcache of the application's configuration: unknown setting 'redis.url'"
                            + " in defaults; did you mean 'redis.uri'?");
            assertThat(shown.getAction())
                    .isEqualTo("Correct the properties tiered-jcache.*, or the configuration file.");
        });
        Map<String, String> others = Map.of(
                "tiered-jcache.health.without-redis=red",
                "tiered-jcache.health.without-redis must be up, out-of-service or down, was red",
                "spring.cache.jcache.config=classpath:missing.conf",
                "spring.cache.jcache.config must name a file that exists, was classpath:missing.conf");
        others.forEach((property, description) -> runner.withPropertyValues(property)
                .run(context -> assertThat(new InvalidPropertiesAnalyzer().analyze(context.getStartupFailure()))
                        .isNotNull()
                        .extracting(FailureAnalysis::getDescription)
                        .isEqualTo(description)));
        assertThat(new InvalidPropertiesAnalyzer().analyze(new CacheException("of another library")))
                .isNull();
        assertThat(SpringFactoriesLoader.forDefaultResourceLocation(getClass().getClassLoader())
                        .load(FailureAnalyzer.class, FailureHandler.handleMessage((message, failure) -> {})))
                .hasAtLeastOneElementOfType(InvalidPropertiesAnalyzer.class);
    }

    @Test
    void namespaceAndAllowedClassesAreThoseOfTheApplication() {
        runner.withPropertyValues("spring.application.name=shop")
                .withInitializer(context -> AutoConfigurationPackages.register(
                        (org.springframework.beans.factory.support.BeanDefinitionRegistry) context.getBeanFactory(),
                        "com.shop"))
                .run(context -> {
                    assertThat(settings(context, "books").get(TieredSetting.REDIS_NAMESPACE))
                            .isEqualTo("shop");
                    assertThat(settings(context, "books").get(TieredSetting.CODEC_ALLOWED))
                            .containsExactly("com.shop.**");
                });
        runner.withPropertyValues("spring.application.name=shop", "tiered-jcache.redis.namespace=other")
                .run(context -> assertThat(settings(context, "books").get(TieredSetting.REDIS_NAMESPACE))
                        .isEqualTo("other"));
    }

    @Test
    void theUriIsThatOfTheLibrarysPropertyOrElseOfSpringBoot() {
        runner.run(context -> assertThat(settings(context, "books").get(TieredSetting.REDIS_URI))
                .isEmpty());
        ApplicationContextRunner properties = runner.withPropertyValues("spring.data.redis.url=redis://one:1");
        properties.run(context -> assertThat(settings(context, "books").get(TieredSetting.REDIS_URI))
                .isEqualTo("redis://one:1"));
        ApplicationContextRunner details =
                properties.withBean(RedisConnectionDetails.class, TieredCacheAutoConfigurationTest::springBoot3Details);
        details.run(context -> assertThat(settings(context, "books").get(TieredSetting.REDIS_URI))
                .isEqualTo("redis://:secret@two:2/3"));
        properties
                .withBean(DataRedisConnectionDetails.class, TieredCacheAutoConfigurationTest::springBoot4Details)
                .run(context -> assertThat(settings(context, "books").get(TieredSetting.REDIS_URI))
                        .isEqualTo("redis-cluster://four:4,five:5"));
        details.withPropertyValues("tiered-jcache.redis.uri=redis://three:3")
                .run(context -> assertThat(settings(context, "books").get(TieredSetting.REDIS_URI))
                        .isEqualTo("redis://three:3"));
        details.withPropertyValues("tiered-jcache.redis.uri=")
                .run(context -> assertThat(settings(context, "books").get(TieredSetting.REDIS_URI))
                        .isEmpty());
    }

    @Test
    void theSchemeOfSpringBootsUrlSwitchesTlsOn() {
        ApplicationContextRunner tls = runner.withPropertyValues("spring.data.redis.url=rediss://:secret@two:2/3");
        tls.run(context -> assertThat(settings(context, "books").get(TieredSetting.REDIS_URI))
                .isEqualTo("rediss://:secret@two:2/3"));
        tls.withBean(RedisConnectionDetails.class, TieredCacheAutoConfigurationTest::springBoot3Details)
                .run(context -> assertThat(settings(context, "books").get(TieredSetting.REDIS_URI))
                        .isEqualTo("rediss://:secret@two:2/3"));
        tls.withBean(DataRedisConnectionDetails.class, TieredCacheAutoConfigurationTest::springBoot4Details)
                .run(context -> assertThat(settings(context, "books").get(TieredSetting.REDIS_URI))
                        .isEqualTo("rediss-cluster://four:4,five:5"));
    }

    private static RedisConnectionDetails springBoot3Details() {
        return new RedisConnectionDetails() {
            @Override
            public String getPassword() {
                return "secret";
            }

            @Override
            public Standalone getStandalone() {
                return Standalone.of("two", 2, 3);
            }
        };
    }

    private static DataRedisConnectionDetails springBoot4Details() {
        return new DataRedisConnectionDetails() {
            @Override
            public Cluster getCluster() {
                return () -> List.of(new Node("four", 4), new Node("five", 5));
            }
        };
    }

    @Test
    void customizersOfSpringBootAreApplied() {
        runner.withBean(
                        JCacheManagerCustomizer.class,
                        () -> manager -> manager.createCache("mine", new MutableConfiguration<>()))
                .run(context -> assertThat(context.getBean(CacheManager.class).getCacheNames())
                        .containsExactly("mine"));
    }

    @Test
    void aCustomizerThatThrowsLeavesNoCache() throws Exception {
        IllegalStateException failure = new IllegalStateException("of the customizer");
        ObjectName beans = new ObjectName("*:Cache=mine,*");
        Set<ObjectName> before = ManagementFactory.getPlatformMBeanServer().queryNames(beans, null);
        runner.withBean(JCacheManagerCustomizer.class, () -> manager -> {
                    manager.createCache("mine", new MutableConfiguration<>());
                    throw failure;
                })
                .run(context -> assertThat(context).getFailure().rootCause().isSameAs(failure));
        assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(beans, null))
                .isEqualTo(before);
    }

    @Test
    void severalManagersOfSpringHaveMetersIfOneIsPrimary() {
        try (TieredCachingProvider provider = new TieredCachingProvider()) {
            ApplicationContextRunner several = empty.withUserConfiguration(OwnManager.class)
                    .withBean(
                            "one",
                            TieredSpringCacheManager.class,
                            () -> new TieredSpringCacheManager(provider.getCacheManager()));
            several.withBean(
                            "two",
                            TieredSpringCacheManager.class,
                            () -> new TieredSpringCacheManager(provider.getCacheManager()))
                    .run(context -> assertThat(context)
                            .hasNotFailed()
                            .doesNotHaveBean(TieredCacheMetrics.class)
                            .doesNotHaveBean(HealthIndicator.class));
            several.withBean(
                            "two",
                            TieredSpringCacheManager.class,
                            () -> new TieredSpringCacheManager(provider.getCacheManager()),
                            bean -> bean.setPrimary(true))
                    .run(context -> assertThat(context).hasSingleBean(TieredCacheMetrics.class));
        }
    }

    @EnableCaching
    static class OwnManager implements CachingConfigurer {
        @Override
        public CacheManager cacheManager() {
            return new ConcurrentMapCacheManager();
        }
    }

    @Test
    void healthIsUpWhileTheCacheContinuesLocally() {
        runner.withPropertyValues("spring.cache.cache-names=books").run(context -> {
            assertHealth(context, "UP", "in memory only");
        });
        ApplicationContextRunner unavailable = runner.withPropertyValues(
                "spring.cache.cache-names=books", "tiered-jcache.redis.uri=redis://127.0.0.1:1");
        unavailable.run(context -> assertHealth(context, "UP", "continues with memory and source"));
        unavailable
                .withPropertyValues("tiered-jcache.health.without-redis=out-of-service")
                .run(context -> assertHealth(context, "OUT_OF_SERVICE", "continues with memory and source"));
        unavailable
                .withPropertyValues("tiered-jcache.outage.policy=fail")
                .run(context -> assertHealth(context, "DOWN", "calls fail"));
        unavailable
                .withPropertyValues("management.health.tieredjcache.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
        unavailable
                .withPropertyValues("tiered-jcache.health.without-redis=red")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage("tiered-jcache.health.without-redis must be up, out-of-service or down, was red"));
    }

    private static void assertHealth(ApplicationContext context, String status, String detail) {
        var health = context.getBean(HealthIndicator.class).health();
        assertThat(health.getStatus().getCode()).isEqualTo(status);
        assertThat(String.valueOf(health.getDetails().get("books"))).contains(detail);
    }

    @Test
    void theHealthOfSpringBoot4IsTheSame() {
        runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate.health"))
                .withPropertyValues("spring.cache.cache-names=books")
                .run(context -> {
                    var health = context.getBean(org.springframework.boot.health.contributor.HealthIndicator.class)
                            .health();
                    assertThat(health.getStatus().getCode()).isEqualTo("UP");
                    assertThat(health.getDetails()).containsEntry("books", "in memory only");
                });
    }

    @Test
    void theEndpointExplainsAKey() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=tieredjcache")
                .run(context -> {
                    context.getBean(CacheManager.class).getCache("books").put("a/b", "value");
                    context.getBean(CacheManager.class).getCache("books").put(4711L, "value");
                    TieredCachesEndpoint endpoint = context.getBean(TieredCachesEndpoint.class);
                    assertThat(endpoint.caches()).containsOnlyKeys("books");
                    assertThat(endpoint.explain("books", "a", "b").getNear()).isEqualTo("present");
                    assertThat(endpoint.explain("books", "4711").getNear()).isEqualTo("present");
                    assertThat(endpoint.explain("books", "4712").getNear()).isEqualTo("absent");
                    assertThat(endpoint.explain("books", "c").getNear()).isEqualTo("absent");
                    assertThat(endpoint.explain("none", "c")).isNull();
                });
        runner.run(context -> assertThat(context).doesNotHaveBean(TieredCachesEndpoint.class));
    }

    @Test
    void theEndpointExplainsTheKeysOfEachType() {
        runner.withPropertyValues(
                        "management.endpoints.web.exposure.include=tieredjcache",
                        "tiered-jcache.caches.integers.key-type=java.lang.Integer",
                        "tiered-jcache.caches.longs.key-type=java.lang.Long",
                        "tiered-jcache.caches.uuids.key-type=java.util.UUID")
                .run(context -> {
                    UUID uuid = new UUID(1, 2);
                    Map<String, Object> present = Map.of("integers", 4711, "longs", 4711L, "uuids", uuid);
                    TieredCachesEndpoint endpoint = context.getBean(TieredCachesEndpoint.class);
                    present.forEach((name, key) -> {
                        context.getBean(javax.cache.CacheManager.class)
                                .getCache(name)
                                .put(key, "value");
                        assertThat(endpoint.explain(name, key.toString()).getNear())
                                .isEqualTo("present");
                    });
                    assertThat(endpoint.explain("integers", "4712").getNear()).isEqualTo("absent");
                    assertThat(endpoint.explain("longs", "4712").getNear()).isEqualTo("absent");
                    assertThatThrownBy(() -> endpoint.explain("uuids", "4711"))
                            .isInstanceOf(InvalidEndpointRequestException.class)
                            .hasMessageContaining("'4711' is not a key of the cache 'uuids'");
                });
    }

    @Test
    void twoContextsShareNothing() {
        runner.run(one -> runner.run(other -> {
            one.getBean(CacheManager.class).getCache("books").put(1, "value");
            assertThat(other.getBean(CacheManager.class).getCache("books").get(1))
                    .isNull();
            assertThat(one.getBean(javax.cache.CacheManager.class)
                            .getCache("books")
                            .unwrap(TieredCacheMXBean.class)
                            .getNearEntries())
                    .isEqualTo(1);
        }));
    }
}
