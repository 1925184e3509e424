package io.github.tieredjcache.examples.springboot;

import io.github.tieredjcache.testkit.RedisServer;
import java.sql.SQLException;
import java.util.UUID;
import org.h2.tools.Server;

/** What the nodes share: a Redis, and a database that other JVMs reach too. Nodes of this JVM find the Redis by a system property. */
final class Site implements AutoCloseable {
    private static final String REDIS_URI = "tiered-jcache.redis.uri";

    private final RedisServer redis = RedisServer.startLocal();
    private final Server database;
    private final String databaseUrl;

    Site() throws SQLException {
        database = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        databaseUrl =
                "jdbc:h2:tcp://127.0.0.1:" + database.getPort() + "/mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
        System.setProperty(REDIS_URI, redis.uri());
    }

    RedisServer redis() {
        return redis;
    }

    /** Where the database is, as an argument of the application. */
    String database() {
        return "--spring.datasource.url=" + databaseUrl;
    }

    @Override
    public void close() {
        System.clearProperty(REDIS_URI);
        database.stop();
        redis.close();
    }
}
