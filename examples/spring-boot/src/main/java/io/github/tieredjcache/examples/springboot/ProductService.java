package io.github.tieredjcache.examples.springboot;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import javax.cache.annotation.CacheResult;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.stereotype.Service;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Products; {@link #queries} counts the calls that no cache has answered. */
@Service
public class ProductService {
    private static final long LAST = 1000;

    private final AtomicLong queries = new AtomicLong();

    /** A product, null if there is none. One caller of all nodes runs this method for a key. */
    @Cacheable(cacheNames = "products", sync = true)
    public @Nullable Product find(long id) {
        if (id <= 0) {
            throw new IllegalArgumentException("the number of a product is positive, was " + id);
        }
        return query(id);
    }

    /** The same for callers that do not wait. */
    @Cacheable(cacheNames = "products", sync = true)
    public Mono<Product> findReactively(long id) {
        return Mono.fromCallable(() -> query(id)).subscribeOn(Schedulers.boundedElastic());
    }

    @Cacheable("products")
    public CompletableFuture<@Nullable Product> findAsynchronously(long id) {
        return CompletableFuture.supplyAsync(() -> query(id));
    }

    @Cacheable("pages")
    public List<Product> page(String category, int number) {
        return LongStream.range(0, 3)
                .mapToObj(i -> new Product(i, category + number))
                .peek(each -> queries.incrementAndGet())
                .toList();
    }

    @CacheResult(cacheName = "names")
    public String name(long id) {
        queries.incrementAndGet();
        return "Product " + id;
    }

    @CachePut(cacheNames = "products", key = "#product.id")
    public Product save(Product product) {
        return product;
    }

    @CacheEvict("products")
    public void delete(long id) {
        // What the annotation says is all there is to do.
    }

    /** How many calls of this node the caches have not answered. */
    public long queries() {
        return queries.get();
    }

    private @Nullable Product query(long id) {
        queries.incrementAndGet();
        return id <= LAST ? new Product(id, "Product " + id) : null;
    }
}
