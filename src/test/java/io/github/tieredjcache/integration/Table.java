package io.github.tieredjcache.integration;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.h2.tools.Server;
import org.jspecify.annotations.Nullable;

/** A table of texts in an H2 that other processes reach too, as long as this is open. */
public final class Table implements AutoCloseable {
    private final Server server;
    private final String url;
    private final Connection connection;

    public Table() throws SQLException {
        server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        url = "jdbc:h2:tcp://localhost:" + server.getPort() + "/mem:" + UUID.randomUUID();
        connection = DriverManager.getConnection(url);
        try (PreparedStatement create =
                connection.prepareStatement("CREATE TABLE ENTRIES (ID VARCHAR PRIMARY KEY, TEXT VARCHAR NOT NULL)")) {
            create.execute();
        }
    }

    /** Returns where a {@link TableStore} finds it. */
    public String url() {
        return url;
    }

    /** Returns what stands in a row now, null if there is none. */
    public synchronized @Nullable String row(String key) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT TEXT FROM ENTRIES WHERE ID = ?")) {
            select.setString(1, key);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        server.stop();
    }
}
