package io.github.tieredjcache.spring;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * How Spring Boot connects to Redis, from which the URI of {@code redis.uri} is built.
 *
 * @param user null for the default user
 * @param password null for none
 * @param tls whether the connection uses TLS
 */
record RedisLogin(@Nullable String user, @Nullable String password, boolean tls) {
    private static final String PREFIX = "spring.data.redis.";
    private static final int PORT = 6379;

    RedisLogin {
        password = emptyToNull(password);
    }

    /** Returns the URI of one server. */
    String standalone(String host, int port, int database) {
        return scheme("") + address(host, port) + "/" + database;
    }

    /** Returns the URI of a master that sentinels watch. */
    String sentinel(List<String> nodes, String master, int database, @Nullable String sentinelPassword) {
        String ofSentinels = emptyToNull(sentinelPassword);
        return scheme("-sentinel") + String.join(",", nodes) + "/" + database
                + (ofSentinels == null ? "" : "?sentinelPassword=" + encoded(ofSentinels)) + "#" + master;
    }

    /** Returns the URI of a Redis Cluster. */
    String cluster(List<String> nodes) {
        return scheme("-cluster") + String.join(",", nodes);
    }

    /** Returns host and port as a URI has them. */
    static String address(String host, int port) {
        return (host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
    }

    private String scheme(String kind) {
        String login = password == null ? "" : (user == null ? "" : encoded(user)) + ":" + encoded(password) + "@";
        return (tls ? "rediss" : "redis") + kind + "://" + login;
    }

    private static @Nullable String emptyToNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Returns the URI of the properties {@code spring.data.redis.*}; null if none of them names a Redis. */
    static @Nullable String uri(Environment environment) {
        String url = environment.getProperty(PREFIX + "url");
        if (url != null && !url.isBlank()) {
            return url;
        }
        boolean tls = environment.getProperty(PREFIX + "ssl.enabled", Boolean.class, false)
                || environment.containsProperty(PREFIX + "ssl.bundle");
        RedisLogin login = new RedisLogin(
                environment.getProperty(PREFIX + "username"), environment.getProperty(PREFIX + "password"), tls);
        int database = environment.getProperty(PREFIX + "database", Integer.class, 0);
        String master = environment.getProperty(PREFIX + "sentinel.master");
        if (master != null) {
            return login.sentinel(
                    nodes(environment, "sentinel.nodes"),
                    master,
                    database,
                    environment.getProperty(PREFIX + "sentinel.password"));
        }
        List<String> cluster = nodes(environment, "cluster.nodes");
        if (!cluster.isEmpty()) {
            return login.cluster(cluster);
        }
        String host = environment.getProperty(PREFIX + "host");
        return host == null && !environment.containsProperty(PREFIX + "port")
                ? null
                : login.standalone(
                        Objects.requireNonNullElse(host, "localhost"),
                        environment.getProperty(PREFIX + "port", Integer.class, PORT),
                        database);
    }

    /** Returns whether the URL of the properties has the scheme for TLS: connection details have host and port only. */
    static boolean isTlsUrl(Environment environment) {
        return environment.getProperty(PREFIX + "url", "").startsWith("rediss:");
    }

    private static List<String> nodes(Environment environment, String name) {
        return Binder.get(environment)
                .bind(PREFIX + name, Bindable.listOf(String.class))
                .orElseGet(List::of);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "RedisLogin[tls=" + tls + "]";
    }
}
