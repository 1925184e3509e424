package io.github.tieredjcache.examples.springboot;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The products in the database: slow, as far as {@code shop.table.delay-millis} says so, and each read is counted. */
@Repository
class ProductTable {
    private static final int PAGE_ROWS = 20;

    private final JdbcClient database;
    private final Counter reads;
    private final long delayMillis;

    ProductTable(JdbcClient database, MeterRegistry meters, @Value("${shop.table.delay-millis:0}") long delayMillis) {
        this.database = database;
        this.reads = Counter.builder("shop.table.reads")
                .description("queries that reached the database")
                .register(meters);
        this.delayMillis = delayMillis;
    }

    Optional<Product> find(long id) {
        read();
        return database.sql("select id, category, name, cents from product where id = ?")
                .param(id)
                .query(Product.class)
                .optional();
    }

    List<Product> page(String category, int number) {
        read();
        return database.sql(
                        "select id, category, name, cents from product where category = ? order by id limit ? offset ?")
                .params(category, PAGE_ROWS, number * PAGE_ROWS)
                .query(Product.class)
                .list();
    }

    void save(Product product) {
        database.sql("merge into product (id, category, name, cents) values (?, ?, ?, ?)")
                .params(product.id(), product.category(), product.name(), product.cents())
                .update();
    }

    void delete(long id) {
        database.sql("delete from product where id = ?").param(id).update();
    }

    private void read() {
        reads.increment();
        try {
            TimeUnit.MILLISECONDS.sleep(delayMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
