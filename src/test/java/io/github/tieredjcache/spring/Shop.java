package io.github.tieredjcache.spring;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import javax.cache.annotation.CacheKey;
import javax.cache.annotation.CachePut;
import javax.cache.annotation.CacheRemove;
import javax.cache.annotation.CacheRemoveAll;
import javax.cache.annotation.CacheResult;
import javax.cache.annotation.CacheValue;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Methods cached by the annotations of Spring and of JSR-107, above a table; counts the queries of the table. */
class Shop {
    static final long LAST = 1000;

    private final Map<Long, String> table;
    private final AtomicLong queries = new AtomicLong();

    record Product(long id, String name) {}

    static final class UnknownProductException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnknownProductException(String message) {
            super(message);
        }
    }

    /** A shop with a table of its own. */
    Shop() {
        this(new ConcurrentHashMap<>());
    }

    Shop(Map<Long, String> table) {
        this.table = table;
    }

    static Product product(long id) {
        return new Product(id, "Product " + id);
    }

    long queries() {
        return queries.get();
    }

    private @Nullable Product query(long id) {
        queries.incrementAndGet();
        return id > LAST ? null : new Product(id, table.getOrDefault(id, "Product " + id));
    }

    @Cacheable(cacheNames = "products", sync = true)
    public @Nullable Product find(long id) {
        if (id <= 0) {
            throw new IllegalArgumentException("the number of a product is positive, was " + id);
        }
        return query(id);
    }

    @Cacheable(cacheNames = "products", sync = true)
    public Mono<Product> findReactively(long id) {
        return Mono.fromCallable(() -> query(id)).subscribeOn(Schedulers.boundedElastic());
    }

    @Cacheable("products")
    public CompletableFuture<@Nullable Product> findAsynchronously(long id) {
        return CompletableFuture.supplyAsync(() -> query(id));
    }

    @org.springframework.cache.annotation.CachePut(cacheNames = "products", key = "#product.id")
    public Product save(Product product) {
        table.put(product.id(), product.name());
        return product;
    }

    @CacheEvict("products")
    public void delete(long id) {
        table.remove(id);
    }

    @CacheEvict(cacheNames = "products", allEntries = true)
    public void refresh() {
        // The annotation does it.
    }

    @Cacheable("pages")
    public List<Product> page(String category, int number) {
        queries.incrementAndGet();
        return LongStream.range(0, 3)
                .mapToObj(i -> new Product(i, category + number))
                .toList();
    }

    @CacheResult(
            cacheName = "prices",
            exceptionCacheName = "price-failures",
            cachedExceptions = UnknownProductException.class)
    public String price(@CacheKey long id) {
        queries.incrementAndGet();
        if (id > LAST) {
            throw new UnknownProductException("there is no product " + id);
        }
        return id + " EUR";
    }

    @CachePut(cacheName = "prices")
    public void setPrice(@CacheKey long id, @CacheValue String price) {
        // The annotation does it.
    }

    @CacheRemove(cacheName = "prices")
    public void removePrice(@CacheKey long id) {
        // The annotation does it.
    }

    @CacheRemoveAll(cacheName = "prices")
    public void removePrices() {
        // The annotation does it.
    }
}
