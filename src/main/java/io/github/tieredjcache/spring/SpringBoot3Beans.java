package io.github.tieredjcache.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.cache.JCacheManagerCustomizer;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails.Cluster;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails.Node;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails.Sentinel;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails.Standalone;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The connection details and customizers of Spring Boot 3.5. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(RedisConnectionDetails.class)
class SpringBoot3Beans {

    @Bean
    RedisFallback springBoot3RedisFallback(ObjectProvider<RedisConnectionDetails> found, Environment environment) {
        return () -> {
            RedisConnectionDetails details = found.getIfUnique();
            return details == null ? null : uri(details, RedisLogin.isTlsUrl(environment));
        };
    }

    @Bean
    ManagerCustomizer springBoot3ManagerCustomizer(ObjectProvider<JCacheManagerCustomizer> customizers) {
        return manager -> customizers.orderedStream().forEach(each -> each.customize(manager));
    }

    private static @Nullable String uri(RedisConnectionDetails details, boolean tlsUrl) {
        Sentinel sentinel = details.getSentinel();
        if (sentinel != null) {
            return login(details, tlsUrl || sentinel.getSslBundle() != null)
                    .sentinel(
                            addresses(sentinel.getNodes()),
                            sentinel.getMaster(),
                            sentinel.getDatabase(),
                            sentinel.getPassword());
        }
        Cluster cluster = details.getCluster();
        if (cluster != null) {
            return login(details, tlsUrl || cluster.getSslBundle() != null).cluster(addresses(cluster.getNodes()));
        }
        Standalone server = details.getStandalone();
        return server == null
                ? null
                : login(details, tlsUrl || server.getSslBundle() != null)
                        .standalone(server.getHost(), server.getPort(), server.getDatabase());
    }

    private static RedisLogin login(RedisConnectionDetails details, boolean tls) {
        return new RedisLogin(details.getUsername(), details.getPassword(), tls);
    }

    private static List<String> addresses(List<Node> nodes) {
        return nodes.stream()
                .map(node -> RedisLogin.address(node.host(), node.port()))
                .toList();
    }
}
