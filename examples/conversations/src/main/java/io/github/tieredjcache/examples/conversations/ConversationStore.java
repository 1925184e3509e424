package io.github.tieredjcache.examples.conversations;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import io.github.tieredjcache.examples.conversations.Conversation.Message;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;

/**
 * The conversations of record: an H2 database in a file, one row a message, reached through JDBC.
 *
 * <p>One process opens it at a time; within it, any number of threads. It is made slow: each {@link #find} first waits for as
 * long as the constructor's argument says, as a loaded database on another machine would.
 */
final class ConversationStore implements AutoCloseable {

    private static final int CONNECTIONS_MAX = 32;

    private final JdbcConnectionPool pool;
    private final long findDelayMillis;

    ConversationStore(Path file, long findDelayMillis) {
        this.pool =
                JdbcConnectionPool.create("jdbc:h2:file:" + file.toAbsolutePath() + ";LOCK_TIMEOUT=10000", "sa", "");
        this.pool.setMaxConnections(CONNECTIONS_MAX);
        this.findDelayMillis = findDelayMillis;
    }

    void createTables() {
        inTransaction(connection -> {
            try (var statement = connection.createStatement()) {
                statement.execute("create table conversation (id varchar primary key, title varchar not null,"
                        + " created_at timestamp with time zone not null)");
                statement.execute("create table message (conversation_id varchar not null references conversation,"
                        + " position int not null, role varchar not null, text varchar not null,"
                        + " sent_at timestamp with time zone not null, metadata varchar not null,"
                        + " primary key (conversation_id, position))");
            }
            return null;
        });
    }

    /** Returns the conversation, or null if there is none of this id. */
    @Nullable
    Conversation find(String id) {
        delay();
        return inTransaction(connection -> {
            try (var query = connection.prepareStatement("select title, created_at from conversation where id = ?")) {
                query.setString(1, id);
                try (ResultSet row = query.executeQuery()) {
                    return row.next()
                            ? new Conversation(id, row.getString(1), instant(row, 2), messages(connection, id))
                            : null;
                }
            }
        });
    }

    private static List<Message> messages(Connection connection, String id) throws SQLException {
        try (var query = connection.prepareStatement(
                "select role, text, sent_at, metadata from message where conversation_id = ? order by position")) {
            query.setString(1, id);
            List<Message> messages = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    messages.add(new Message(
                            row.getString(1), row.getString(2), instant(row, 3), metadata(row.getString(4))));
                }
            }
            return messages;
        }
    }

    /** Makes the stored conversation equal to this one, whether or not there was one. */
    void save(Conversation conversation) {
        inTransaction(connection -> {
            // The row of the conversation comes first: its lock orders two saves of the same one.
            try (var merge = connection.prepareStatement("merge into conversation key (id) values (?, ?, ?)")) {
                merge.setString(1, conversation.id());
                merge.setString(2, conversation.title());
                merge.setObject(3, conversation.createdAt().atOffset(ZoneOffset.UTC));
                merge.executeUpdate();
            }
            String toMessage = "merge into message key (conversation_id, position) values (?, ?, ?, ?, ?, ?)";
            try (var merge = connection.prepareStatement(toMessage)) {
                addMessages(conversation, merge);
                merge.executeBatch();
            }
            String beyond = "delete from message where conversation_id = ? and position >= ?";
            try (var delete = connection.prepareStatement(beyond)) {
                delete.setString(1, conversation.id());
                delete.setInt(2, conversation.messages().size());
                delete.executeUpdate();
            }
            return null;
        });
    }

    private static void addMessages(Conversation conversation, PreparedStatement merge) throws SQLException {
        int position = 0;
        for (Message message : conversation.messages()) {
            merge.setString(1, conversation.id());
            merge.setInt(2, position++);
            merge.setString(3, message.role());
            merge.setString(4, message.text());
            merge.setObject(5, message.time().atOffset(ZoneOffset.UTC));
            merge.setString(6, text(message.metadata()));
            merge.addBatch();
        }
    }

    void delete(String id) {
        inTransaction(connection -> {
            for (String table : List.of("message where conversation_id", "conversation where id")) {
                try (var delete = connection.prepareStatement("delete from " + table + " = ?")) {
                    delete.setString(1, id);
                    delete.executeUpdate();
                }
            }
            return null;
        });
    }

    /** Returns how many messages all the conversations have. */
    long messageCount() {
        Long count = inTransaction(connection -> {
            try (var query = connection.prepareStatement("select count(*) from message");
                    ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
        return count == null ? 0 : count;
    }

    private void delay() {
        try {
            TimeUnit.MILLISECONDS.sleep(findDelayMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while reading the store", e);
        }
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static String text(Map<String, String> metadata) {
        return metadata.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(joining("\n"));
    }

    private static Map<String, String> metadata(String text) {
        return text.lines()
                .map(line -> line.split("=", 2))
                .collect(toMap(nameAndValue -> nameAndValue[0], nameAndValue -> nameAndValue[1]));
    }

    private <T> @Nullable T inTransaction(Work<T> work) {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.with(connection);
                connection.commit();
                return result;
            } finally {
                // After a commit there is nothing to roll back.
                connection.rollback();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The store failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        pool.dispose();
    }

    private interface Work<T> {
        @Nullable
        T with(Connection connection) throws SQLException;
    }
}
