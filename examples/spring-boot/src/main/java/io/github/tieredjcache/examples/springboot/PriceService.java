package io.github.tieredjcache.examples.springboot;

import javax.cache.annotation.CacheDefaults;
import javax.cache.annotation.CacheKey;
import javax.cache.annotation.CachePut;
import javax.cache.annotation.CacheRemove;
import javax.cache.annotation.CacheRemoveAll;
import javax.cache.annotation.CacheResult;
import javax.cache.annotation.CacheValue;
import org.springframework.stereotype.Service;

/** Prices, cached by the annotations of JSR-107. */
@Service
@CacheDefaults(cacheName = "prices")
public class PriceService {
    private final ProductTable table;

    PriceService(ProductTable table) {
        this.table = table;
    }

    /** The price of a product; that there is no such product is cached too. */
    @CacheResult(exceptionCacheName = "price-failures", cachedExceptions = UnknownProductException.class)
    public Price price(@CacheKey long id, @CacheKey String currency) {
        Product product = table.find(id).orElseThrow(() -> new UnknownProductException(id));
        return new Price(product.cents(), currency);
    }

    /** Offers a product for another price. */
    @CachePut
    public void offer(@CacheKey long id, @CacheKey String currency, @CacheValue Price price) {
        // What the annotation says is all there is to do.
    }

    /** Ends the offer. */
    @CacheRemove
    public void endOffer(@CacheKey long id, @CacheKey String currency) {
        // What the annotation says is all there is to do.
    }

    /** Ends all offers. */
    @CacheRemoveAll
    public void endAllOffers() {
        // What the annotation says is all there is to do.
    }
}
