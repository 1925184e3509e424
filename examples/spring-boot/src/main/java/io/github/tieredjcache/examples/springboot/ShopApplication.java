package io.github.tieredjcache.examples.springboot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cache.annotation.EnableCaching;

/** The shop: its Redis is that of the environment variable {@code REDIS_URL}. */
@SpringBootApplication
@EnableCaching
public class ShopApplication {

    /** Runs it until it is stopped. */
    public static void main(String[] arguments) {
        SpringApplication.run(ShopApplication.class, arguments);
    }
}
