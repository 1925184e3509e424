package io.github.tieredjcache.examples.springboot.demo;

import io.github.tieredjcache.examples.springboot.ShopApplication;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;

/**
 * A node of the shop, beside another one in this JVM. Each has a class loader of its own, as an application in a container has one,
 * and by that a JCache provider of its own; in production it is a JVM of its own anyway.
 */
final class ShopNode implements AutoCloseable {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Pattern MEASURED = Pattern.compile("\"value\":([0-9.E]+)");
    private static final int OK = 200;

    private final ConfigurableApplicationContext context;
    private final String address;

    ShopNode() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader own = new URLClassLoader(new URL[0], before);
        thread.setContextClassLoader(own);
        try {
            context = new SpringApplication(new DefaultResourceLoader(own), ShopApplication.class)
                    .run(
                            "--server.port=0",
                            "--shop.table.delay-millis=5",
                            "--spring.main.banner-mode=off",
                            "--logging.level.root=error");
        } finally {
            thread.setContextClassLoader(before);
        }
        address = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
    }

    /** What it answers; empty if it fails. */
    String get(String path) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(URI.create(address + path)).build());
    }

    void put(String path, String json) throws IOException, InterruptedException {
        answer(HttpRequest.newBuilder(URI.create(address + path))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(json))
                .build());
    }

    private static String answer(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = CLIENT.send(request, BodyHandlers.ofString());
        return response.statusCode() == OK ? response.body() : "";
    }

    /** How many queries have reached the database from this node. */
    long queries() throws IOException, InterruptedException {
        return measured("shop.table.reads");
    }

    /** How many lookups of products a tier has answered, as the actuator shows it. */
    long hits(String tier) throws IOException, InterruptedException {
        return measured("tiered.cache." + tier + ".hits?tag=cache:products");
    }

    private long measured(String meter) throws IOException, InterruptedException {
        Matcher value = MEASURED.matcher(get("/actuator/metrics/" + meter));
        if (!value.find()) {
            throw new IllegalStateException("no meter " + meter);
        }
        return (long) Double.parseDouble(value.group(1));
    }

    @Override
    public void close() {
        context.close();
    }
}
