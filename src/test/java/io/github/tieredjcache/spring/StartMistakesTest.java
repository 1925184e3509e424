package io.github.tieredjcache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredjcache.Undeclared;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.cache.CacheManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.cache.CacheAutoConfiguration;
import org.springframework.boot.autoconfigure.cache.JCacheManagerCustomizer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/** What an application shows, and what it leaves, if it cannot start. */
class StartMistakesTest {
    private static final String SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldC0=";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(CacheAutoConfiguration.class, TieredCacheAutoConfiguration.class))
            .withUserConfiguration(Caching.class);

    @EnableCaching
    static class Caching {}

    /** Asserts what the analyzers of Spring Boot and the library show together. */
    private void assertShown(String description, String... properties) {
        runner.withPropertyValues(properties)
                .run(context -> assertThat(shown(context.getStartupFailure())).isEqualTo(List.of(description)));
    }

    private List<String> shown(@Nullable Throwable failure) {
        assertThat(failure).isNotNull();
        return SpringFactoriesLoader.forDefaultResourceLocation(getClass().getClassLoader())
                .load(FailureAnalyzer.class, FailureHandler.handleMessage((message, unusable) -> {}))
                .stream()
                .map(each -> each.analyze(failure))
                .filter(Objects::nonNull)
                .map(FailureAnalysis::getDescription)
                .toList();
    }

    @Test
    void aListWithAGapIsShownWithoutItsValues() {
        assertShown(
                "tiered-jcache.codec.hmac-keys must be one text, or a list with the elements [0], [1] and so on of one"
                        + " source",
                "tiered-jcache.codec.hmac-keys[0]=" + SECRET,
                "tiered-jcache.codec.hmac-keys[2]=" + SECRET);
        assertShown(
                "tiered-jcache.caches.books.codec.hmac-keys must be one text, or a list with the elements [0], [1] and"
                        + " so on of one source",
                "tiered-jcache.caches.books.codec.hmac-keys[1]=" + SECRET);
    }

    @Test
    void aTextInPlaceOfASectionIsShownWithTheRule() {
        assertShown(
                "tiered-jcache.caches.books must be a section with settings, such as"
                        + " tiered-jcache.caches.<name>.expiry.created",
                "tiered-jcache.caches.books=");
        assertShown(
                "tiered-jcache.caches must be a section with settings, such as"
                        + " tiered-jcache.caches.<name>.expiry.created",
                "tiered-jcache.caches=books");
    }

    @Test
    void aPasswordInTheUrlOfTheFileIsNotShown() {
        assertShown(
                "spring.cache.jcache.config must name a file that exists, was ***",
                "spring.cache.jcache.config=htps://user:secret@host/caches.conf");
        runner.withPropertyValues("spring.cache.jcache.config=htps://user:secret@host/caches.conf")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageNotContaining("secret"));
    }

    @Test
    void aMistakeThatTheOpeningOfACacheFindsIsShownWithoutAStackTrace() {
        String description = "redis.tls.ca-file must exist, was missing.pem";
        String[] mistake = {"tiered-jcache.redis.uri=rediss://host", "tiered-jcache.redis.tls.ca-file=missing.pem"};
        assertShown(description, mistake[0], mistake[1], "spring.cache.cache-names=books");
        assertShown(description, mistake[0], mistake[1], "tiered-jcache.caches.books.expiry.created=1m");
    }

    @Test
    void aCustomizerThatThrowsACheckedExceptionLeavesNoManagerOpen() {
        IOException failure = new IOException("of the customizer");
        List<CacheManager> customized = new ArrayList<>();
        runner.withBean(JCacheManagerCustomizer.class, () -> manager -> {
                    customized.add(manager);
                    throw Undeclared.<RuntimeException>thrown(failure);
                })
                .run(context -> assertThat(context).getFailure().rootCause().isSameAs(failure));
        assertThat(customized).hasSize(1).allMatch(CacheManager::isClosed);
    }
}
