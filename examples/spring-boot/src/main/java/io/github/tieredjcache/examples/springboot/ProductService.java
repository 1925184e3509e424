package io.github.tieredjcache.examples.springboot;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import org.springframework.stereotype.Service;

/** Products, cached by Spring's annotations. */
@Service
public class ProductService {
    private final ProductTable table;

    ProductService(ProductTable table) {
        this.table = table;
    }

    /** The product of that number, null if there is none, which is cached too. Loaded once, however many ask on all nodes. */
    @Cacheable(cacheNames = "products", sync = true)
    public @Nullable Product find(long id) {
        if (id <= 0) {
            throw new IllegalArgumentException("the number of a product is positive, was " + id);
        }
        return table.find(id).orElse(null);
    }

    /** A page of a category. Two arguments are the key together. */
    @Cacheable("pages")
    public List<Product> page(String category, int number) {
        return table.page(category, number);
    }

    /** Saves a product; all nodes have it from here on. */
    @Caching(
            put = @CachePut(cacheNames = "products", key = "#product.id"),
            evict = @CacheEvict(cacheNames = "pages", allEntries = true))
    public Product save(Product product) {
        table.save(product);
        return product;
    }

    /** Deletes a product. */
    @Caching(evict = {@CacheEvict("products"), @CacheEvict(cacheNames = "pages", allEntries = true)})
    public void delete(long id) {
        table.delete(id);
    }

    /** Forgets what is cached, on all nodes. */
    @CacheEvict(
            cacheNames = {"products", "pages"},
            allEntries = true)
    public void refresh() {
        // What the annotation says is all there is to do.
    }
}
