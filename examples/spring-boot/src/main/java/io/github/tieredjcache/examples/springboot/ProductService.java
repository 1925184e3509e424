package io.github.tieredjcache.examples.springboot;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.stereotype.Service;

/** Products, from a source that is slow in a real shop. */
@Service
public class ProductService {
    private static final long LAST = 1000;

    private final AtomicLong queries = new AtomicLong();

    /** A product, null if there is none. One caller of all nodes runs this method for a key. */
    @Cacheable(cacheNames = "products", sync = true)
    public @Nullable Product find(long id) {
        return query(id);
    }

    /** The same for callers that do not wait. */
    @Cacheable(cacheNames = "products", sync = true)
    public CompletableFuture<@Nullable Product> findAsynchronously(long id) {
        return CompletableFuture.supplyAsync(() -> query(id));
    }

    @CachePut(cacheNames = "products", key = "#product.id")
    public Product save(Product product) {
        return product;
    }

    /** How many calls of this node the cache has not answered. */
    public long queries() {
        return queries.get();
    }

    private @Nullable Product query(long id) {
        queries.incrementAndGet();
        return id <= LAST ? new Product(id, "Product " + id) : null;
    }
}
