package io.github.tieredjcache.integration;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Table} as the source of a cache, each change in a transaction of its own. It remembers what each thread has asked of the
 * writer, which runs on the thread of the operation. Safe for use by many threads.
 */
public final class TableStore implements CacheLoader<String, String>, CacheWriter<String, Object>, AutoCloseable {
    private final JdbcConnectionPool connections;
    private final Course usual;
    private final Map<Thread, Course> courses = new ConcurrentHashMap<>();
    private final Map<Thread, List<Call>> calls = new ConcurrentHashMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    private volatile boolean loads = true;

    /** What happens beside the reading and writing. */
    public interface Course {
        /** Before a row is read. */
        default void beforeRead() {}

        /** When a row was read. */
        default void afterRead() {}

        /** Before a row is changed; what it throws leaves the row as it is. */
        default void beforeChange(String key) {}

        /** After a row was changed. */
        default void afterChange(String key) {}
    }

    /**
     * What the writer was asked for one key.
     *
     * @param value what was to be written, null for a deletion
     * @param done whether the row was changed
     */
    public record Call(String key, @Nullable String value, boolean done) {}

    public TableStore(String url, Course usual) {
        this.connections = JdbcConnectionPool.create(url, "", "");
        this.connections.setMaxConnections(50);
        this.usual = usual;
    }

    /** Has things take another course on this thread. */
    public void take(Course own) {
        courses.put(Thread.currentThread(), own);
    }

    /** Has the loader find nothing for a while, so that lookups return what the cache has. */
    public void loads(boolean whether) {
        loads = whether;
    }

    /** Returns how many rows the loader has been asked for. */
    public int reads() {
        return reads.get();
    }

    /** Returns what this thread has asked of the writer since it asked this the last time. */
    public List<Call> takeCalls() {
        List<Call> made = calls.remove(Thread.currentThread());
        return made == null ? List.of() : made;
    }

    private Course course() {
        return courses.getOrDefault(Thread.currentThread(), usual);
    }

    @Override
    public @Nullable String load(String key) {
        if (!loads) {
            return null;
        }
        reads.incrementAndGet();
        course().beforeRead();
        String text = inDatabase("SELECT TEXT FROM ENTRIES WHERE ID = ?", select -> {
            select.setString(1, key);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        });
        course().afterRead();
        return text;
    }

    @Override
    public Map<String, String> loadAll(Iterable<? extends String> keys) {
        Map<String, String> found = new HashMap<>();
        for (String key : keys) {
            String text = load(key);
            if (text != null) {
                found.put(key, text);
            }
        }
        return found;
    }

    @Override
    public void write(Cache.Entry<? extends String, ?> entry) {
        change(entry.getKey(), entry.getValue().toString());
    }

    @Override
    public void writeAll(Collection<Cache.Entry<? extends String, ?>> entries) {
        Iterator<Cache.Entry<? extends String, ?>> each = entries.iterator();
        while (each.hasNext()) {
            write(each.next());
            each.remove();
        }
    }

    @Override
    public void delete(Object key) {
        change((String) key, null);
    }

    @Override
    public void deleteAll(Collection<?> keys) {
        Iterator<?> each = keys.iterator();
        while (each.hasNext()) {
            delete(each.next());
            each.remove();
        }
    }

    private void change(String key, @Nullable String text) {
        boolean done = false;
        try {
            course().beforeChange(key);
            int unused = text == null
                    ? inDatabase("DELETE FROM ENTRIES WHERE ID = ?", delete -> {
                        delete.setString(1, key);
                        return delete.executeUpdate();
                    })
                    : inDatabase("MERGE INTO ENTRIES KEY (ID) VALUES (?, ?)", merge -> {
                        merge.setString(1, key);
                        merge.setString(2, text);
                        return merge.executeUpdate();
                    });
            done = true;
            course().afterChange(key);
        } finally {
            calls.computeIfAbsent(Thread.currentThread(), thread -> new ArrayList<>())
                    .add(new Call(key, text, done));
        }
    }

    private <T> T inDatabase(String sql, Work<T> work) {
        try (Connection connection = connections.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            return work.with(statement);
        } catch (SQLException e) {
            throw new IllegalStateException("the database refused: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        connections.dispose();
    }

    /** Something to be done with a statement. */
    @FunctionalInterface
    private interface Work<T> {
        T with(PreparedStatement statement) throws SQLException;
    }
}
