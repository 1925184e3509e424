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
import org.springframework.boot.ssl.SslBundle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The connection details and customizers of Spring Boot 3.5. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(RedisConnectionDetails.class)
class SpringBoot3Beans {

    @Bean
    RedisFallback springBoot3RedisFallback(ObjectProvider<RedisConnectionDetails> found) {
        return () -> {
            RedisConnectionDetails details = found.getIfUnique();
            return details == null ? null : uri(details);
        };
    }

    @Bean
    ManagerCustomizer springBoot3ManagerCustomizer(ObjectProvider<JCacheManagerCustomizer> customizers) {
        return manager -> customizers.orderedStream().forEach(each -> each.customize(manager));
    }

    private static @Nullable String uri(RedisConnectionDetails details) {
        Sentinel sentinel = details.getSentinel();
        if (sentinel != null) {
            return login(details, sentinel.getSslBundle())
                    .sentinel(
                            addresses(sentinel.getNodes()),
                            sentinel.getMaster(),
                            sentinel.getDatabase(),
                            sentinel.getPassword());
        }
        Cluster cluster = details.getCluster();
        if (cluster != null) {
            return login(details, cluster.getSslBundle()).cluster(addresses(cluster.getNodes()));
        }
        Standalone server = details.getStandalone();
        return server == null
                ? null
                : login(details, server.getSslBundle())
                        .standalone(server.getHost(), server.getPort(), server.getDatabase());
    }

    private static RedisLogin login(RedisConnectionDetails details, @Nullable SslBundle tls) {
        return new RedisLogin(details.getUsername(), details.getPassword(), tls != null);
    }

    private static List<String> addresses(List<Node> nodes) {
        return nodes.stream()
                .map(node -> RedisLogin.address(node.host(), node.port()))
                .toList();
    }
}
