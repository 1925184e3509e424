package io.github.tieredjcache.messages;

import static io.github.tieredjcache.messages.Mistake.logged;
import static io.github.tieredjcache.messages.Mistake.thrown;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.CertificateAuthority;
import io.github.tieredjcache.testkit.RedisFailover;
import io.github.tieredjcache.testkit.RedisServer;
import io.github.tieredjcache.testkit.TlsRedis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.cache.Cache;

/** Mistakes in the URI of Redis, and Redis servers that lack something. */
final class RedisMistakes {
    private static final String UNAVAILABLE = "has been unavailable";

    private RedisMistakes() {}

    /** Mistakes that need no server. */
    static List<Mistake> ofUris() {
        return List.of(
                uri("the URI has no scheme", "localhost:6379"),
                uri("the scheme is not one of Redis", "http://localhost:6379"),
                uri("the URI has no host", "redis://:6379"),
                uri("the database is not a number", "redis://localhost:6379/orders"),
                uri("a special character of the password is not encoded", "redis://app:se/cret@localhost:6379"),
                uri("the port is too large", "redis://localhost:99999"),
                uri("sentinels are named without a master", "redis-sentinel://host1:26379,host2:26379"),
                uri("a cluster is named with a database", "redis-cluster://host1:6379,host2:6379/1"),
                uri("the URI switches the verification of TLS off", "rediss://localhost:6379?verifyPeer=NONE"));
    }

    /** Mistakes that need a server. */
    static List<Mistake> ofServers() {
        return List.of(
                new Mistake("the host name does not exist", () -> unavailable("redis://no-such-host.invalid:6379")),
                new Mistake("nothing listens on the port", () -> unavailable(redisThatEnded())),
                server("the password is missing", List.of("--requirepass", "secret"), RedisMistakes::withoutPassword),
                server(
                        "the password is wrong",
                        List.of("--requirepass", "secret"),
                        redis -> redis.uri().replace("secret", "wrong")),
                server("the database does not exist", List.of(), redis -> redis.uri() + "/99"),
                server("the server is too old", List.of("--rename-command", "HELLO", ""), RedisServer::uri),
                server(
                        "a node of a cluster is named as a single Redis",
                        List.of("--cluster-enabled", "yes"),
                        RedisServer::uri),
                new Mistake("a node of a cluster is named with a database", RedisMistakes::databaseOfCluster),
                server(
                        "a single Redis is named as a cluster",
                        List.of(),
                        redis -> redis.uri().replace("redis:", "redis-cluster:")),
                server(
                        "the named node is in no cluster",
                        List.of("--cluster-enabled", "yes"),
                        redis -> redis.uri().replace("redis:", "redis-cluster:")),
                server(
                        "a replica is named",
                        List.of("--replicaof", "127.0.0.1", "1", "--replica-serve-stale-data", "yes"),
                        RedisServer::uri),
                new Mistake(
                        "a sentinel is named as a single Redis",
                        () -> withSentinel(
                                sentinels -> sentinels.sentinels().get(0).uri())),
                new Mistake(
                        "the sentinels know no master of the name",
                        () -> withSentinel(
                                sentinels -> sentinels.uri().replace("#" + RedisFailover.MASTER, "#orders"))),
                new Mistake("rediss:// leads to a port without TLS", RedisMistakes::tlsToPlain),
                new Mistake(
                        "redis:// leads to a port with TLS",
                        () -> withTls(redis -> "redis://:secret@127.0.0.1:" + redis.port())),
                new Mistake(
                        "the authority of the certificate is not trusted",
                        () -> withTls(redis -> "rediss://:secret@127.0.0.1:" + redis.port())),
                new Mistake(
                        "the file of the authority does not exist",
                        () -> thrown(() -> {
                            try (Node node = new Node("rediss://localhost:1")) {
                                node.cache(
                                        "orders",
                                        String.class,
                                        String.class,
                                        settings -> settings.tlsCaFile(Path.of("no-such.pem")));
                            }
                        })),
                new Mistake(
                        "the Redis user may not run a command",
                        () -> withUser(List.of("-evalsha"), uri -> thrown(() -> created(uri)))),
                new Mistake(
                        "the Redis user may not use the keys",
                        () -> withUser(List.of("resetkeys"), uri -> thrown(() -> created(uri)))),
                new Mistake(
                        "the Redis user may not track keys",
                        // Redis before 7.0 allows subcommands, but takes none away.
                        () -> withUser(
                                List.of("-client", "+client|id", "+client|setname"),
                                uri -> logged("TRACKING", () -> created(uri)))),
                new Mistake(
                        "the Redis user may not end lost connections",
                        () -> withUser(
                                List.of("-client", "+client|id", "+client|setname", "+client|tracking"),
                                uri -> logged("CLIENT KILL", () -> created(uri)))),
                new Mistake(
                        "the Redis user may not read the replication ID",
                        () -> withUser(List.of("-info"), uri -> logged("replication ID", () -> readWithRepair(uri)))),
                new Mistake("Redis is out of memory", () -> full("is out of memory")),
                new Mistake("Redis has memory again", () -> full("has memory again")));
    }

    private static Mistake uri(String name, String uri) {
        return new Mistake(
                name,
                () -> thrown(() ->
                        TieredConfiguration.builder(String.class, String.class).redisUri(uri)));
    }

    private static Mistake server(String name, List<String> arguments, Function<RedisServer, String> uri) {
        return new Mistake(name, () -> {
            try (RedisServer redis = RedisServer.startLocal(arguments.toArray(String[]::new))) {
                return unavailable(uri.apply(redis));
            }
        });
    }

    private static String databaseOfCluster() throws Exception {
        List<String> arguments = new ArrayList<>(List.of("--cluster-enabled", "yes"));
        try (RedisServer redis = RedisServer.startLocal()) {
            if (!redis.list("CONFIG", "GET", "cluster-databases").isEmpty()) {
                // Since Valkey 9.0 a cluster has as many databases as it is told.
                arguments.addAll(List.of("--cluster-databases", "2"));
            }
        }
        try (RedisServer redis = RedisServer.startLocal(arguments.toArray(String[]::new))) {
            return unavailable(redis.uri() + "/1");
        }
    }

    private static String withoutPassword(RedisServer redis) {
        return redis.uri().replace(":secret@", "");
    }

    private static String redisThatEnded() {
        try (RedisServer redis = RedisServer.startLocal()) {
            return redis.uri();
        }
    }

    private static String unavailable(String uri) throws Exception {
        return unavailable(uri, settings -> settings);
    }

    private static String unavailable(String uri, UnaryOperator<TieredConfiguration.Builder<String, String>> settings)
            throws Exception {
        try (Node node = new Node(uri)) {
            return logged(
                    UNAVAILABLE,
                    () -> node.cache(
                            "orders",
                            String.class,
                            String.class,
                            builder -> settings.apply(builder).outagePolicy(OutagePolicy.LOCAL)));
        }
    }

    private static void created(String uri) {
        try (Node node = new Node(uri)) {
            node.strings("orders");
        }
    }

    private static void readWithRepair(String uri) {
        try (Node node = new Node(uri)) {
            node.cache(
                            "orders",
                            String.class,
                            String.class,
                            settings -> settings.with(TieredSetting.OUTAGE_FAILOVER_REPAIR, true))
                    .get("key");
        }
    }

    private static String withSentinel(Function<RedisFailover, String> uri) throws Exception {
        try (RedisFailover sentinels = RedisFailover.start()) {
            return unavailable(uri.apply(sentinels));
        }
    }

    private static String tlsToPlain() throws Exception {
        try (RedisServer redis = RedisServer.startLocal()) {
            // The server says nothing. The handshake fails after half of the timeout; the other half is for slow
            // machines.
            return unavailable(
                    redis.uri().replace("redis:", "rediss:"),
                    settings -> settings.with(TieredSetting.REDIS_CONNECT_TIMEOUT, Duration.ofSeconds(20)));
        }
    }

    private static String withTls(Function<TlsRedis, String> uri) throws Exception {
        Path folder = Files.createTempDirectory("mistake");
        CertificateAuthority authority = CertificateAuthority.in(folder, "authority");
        try (TlsRedis redis =
                TlsRedis.start(authority.issue("server", "127.0.0.1"), authority, false, "--requirepass", "secret")) {
            return unavailable(uri.apply(redis));
        }
    }

    private interface Question {
        String ask(String uri) throws Exception;
    }

    private static String withUser(List<String> changes, Question question) throws Exception {
        try (RedisServer redis = RedisServer.startLocal()) {
            List<String> words =
                    new ArrayList<>(List.of("ACL", "SETUSER", "app", "on", ">password", "~*", "&*", "+@all"));
            words.addAll(changes);
            redis.command(words.toArray(String[]::new));
            return question.ask("redis://app:password@127.0.0.1:" + redis.port());
        }
    }

    private static String full(String words) throws Exception {
        try (RedisServer redis = RedisServer.startLocal();
                Node node = new Node(redis)) {
            Cache<String, String> cache = node.cache(
                    "orders", String.class, String.class, settings -> settings.outagePolicy(OutagePolicy.LOCAL));
            cache.put("key", "value");
            return logged(words, () -> {
                redis.command("CONFIG", "SET", "maxmemory", "1");
                cache.put("key", "other");
                redis.command("CONFIG", "SET", "maxmemory", "0");
                cache.put("key", "other");
            });
        }
    }
}
