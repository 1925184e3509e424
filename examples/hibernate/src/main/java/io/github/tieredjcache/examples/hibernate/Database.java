package io.github.tieredjcache.examples.hibernate;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import org.h2.tools.Server;

/** An H2 in memory that several JVMs use over TCP; it ends with this one. */
final class Database implements AutoCloseable {
    private final Server server;
    private final String url;

    private Database(Server server, String url) {
        this.server = server;
        this.url = url;
    }

    static Database start() throws SQLException {
        Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        return new Database(
                server,
                "jdbc:h2:tcp://localhost:" + server.getPort() + "/mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    }

    /** The settings of the persistence unit, for the one that creates the tables and for the others. */
    Map<String, String> settings(boolean creates) {
        return Map.of(
                "jakarta.persistence.jdbc.url",
                url,
                "hibernate.connection.pool_size",
                "20",
                "jakarta.persistence.schema-generation.database.action",
                creates ? "create" : "none");
    }

    String url() {
        return url;
    }

    /** What a query answers that goes past Hibernate and all caches: the first column of its first row. */
    String ask(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Override
    public void close() {
        server.stop();
    }
}
