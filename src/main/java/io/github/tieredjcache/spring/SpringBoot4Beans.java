package io.github.tieredjcache.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.cache.autoconfigure.JCacheManagerCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Cluster;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Node;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Sentinel;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Standalone;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The connection details and customizers of Spring Boot 4, which are in modules of their own. */
@Configuration(proxyBeanMethods = false)
class SpringBoot4Beans {

    /** The module of the caches. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(JCacheManagerCustomizer.class)
    static class Customizers {
        @Bean
        ManagerCustomizer springBoot4ManagerCustomizer(ObjectProvider<JCacheManagerCustomizer> customizers) {
            return manager -> customizers.orderedStream().forEach(each -> each.customize(manager));
        }
    }

    /** The module of Spring Data Redis. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(DataRedisConnectionDetails.class)
    static class Redis {
        @Bean
        RedisFallback springBoot4RedisFallback(
                ObjectProvider<DataRedisConnectionDetails> found, Environment environment) {
            return () -> {
                DataRedisConnectionDetails details = found.getIfUnique();
                return details == null ? null : uri(details, RedisLogin.isTlsUrl(environment));
            };
        }

        /** Returns null also for a static list of master and replicas, which the library does not support. */
        private static @Nullable String uri(DataRedisConnectionDetails details, boolean tlsUrl) {
            RedisLogin login = new RedisLogin(
                    details.getUsername(), details.getPassword(), tlsUrl || details.getSslBundle() != null);
            Sentinel sentinel = details.getSentinel();
            if (sentinel != null) {
                return login.sentinel(
                        addresses(sentinel.getNodes()),
                        sentinel.getMaster(),
                        sentinel.getDatabase(),
                        sentinel.getPassword());
            }
            Cluster cluster = details.getCluster();
            if (cluster != null) {
                return login.cluster(addresses(cluster.getNodes()));
            }
            Standalone server = details.getStandalone();
            return server == null ? null : login.standalone(server.getHost(), server.getPort(), server.getDatabase());
        }

        private static List<String> addresses(List<Node> nodes) {
            return nodes.stream()
                    .map(node -> RedisLogin.address(node.host(), node.port()))
                    .toList();
        }
    }
}
