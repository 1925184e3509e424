package io.github.tieredjcache.examples.springboot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The shop as a service of its own: it takes its Redis from the environment variable {@code REDIS_URL}. */
@SpringBootApplication
public class ShopApplication {

    /** Runs it until it is stopped. */
    public static void main(String[] arguments) {
        SpringApplication.run(ShopApplication.class, arguments);
    }
}
