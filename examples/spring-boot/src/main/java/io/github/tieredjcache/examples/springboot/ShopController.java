package io.github.tieredjcache.examples.springboot;

import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The shop over HTTP. */
@RestController
class ShopController {
    private final ProductService products;
    private final PriceService prices;

    ShopController(ProductService products, PriceService prices) {
        this.products = products;
        this.prices = prices;
    }

    @GetMapping("/products/{id}")
    ResponseEntity<Product> product(@PathVariable long id) {
        return ResponseEntity.ofNullable(products.find(id));
    }

    @GetMapping("/products")
    List<Product> page(@RequestParam String category, @RequestParam int page) {
        return products.page(category, page);
    }

    @PutMapping("/products")
    Product save(@RequestBody Product product) {
        return products.save(product);
    }

    @DeleteMapping("/products/{id}")
    void delete(@PathVariable long id) {
        products.delete(id);
    }

    @PostMapping("/refresh")
    void refresh() {
        products.refresh();
    }

    @GetMapping("/prices/{id}/{currency}")
    Price price(@PathVariable long id, @PathVariable String currency) {
        return prices.price(id, currency);
    }

    @PutMapping("/prices/{id}/{currency}")
    void offer(@PathVariable long id, @PathVariable String currency, @RequestParam long hundredths) {
        prices.offer(id, currency, new Price(hundredths, currency));
    }

    @DeleteMapping("/prices/{id}/{currency}")
    void endOffer(@PathVariable long id, @PathVariable String currency) {
        prices.endOffer(id, currency);
    }

    @DeleteMapping("/prices")
    void endAllOffers() {
        prices.endAllOffers();
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    String refused(IllegalArgumentException e) {
        return String.valueOf(e.getMessage());
    }
}
