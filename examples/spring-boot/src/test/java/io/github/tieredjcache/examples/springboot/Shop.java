package io.github.tieredjcache.examples.springboot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A node of the shop as its customers see it: over HTTP. */
final class Shop {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Pattern MEASURED = Pattern.compile("\"value\":([0-9.E]+)");

    private final String address;

    Shop(int port) {
        address = "http://127.0.0.1:" + port;
    }

    /** What was answered. */
    record Answer(int status, String body) {}

    Answer get(String path) {
        return call("GET", path, "");
    }

    Answer put(String path, String json) {
        return call("PUT", path, json);
    }

    Answer post(String path) {
        return call("POST", path, "");
    }

    Answer delete(String path) {
        return call("DELETE", path, "");
    }

    private Answer call(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
        try {
            var response = CLIENT.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What a meter of the actuator shows. */
    double meter(String name, String... tags) {
        String query = tags.length == 0 ? "" : "?tag=" + String.join("&tag=", tags);
        Answer answer = get("/actuator/metrics/" + name + query);
        Matcher value = MEASURED.matcher(answer.body());
        if (answer.status() != 200 || !value.find()) {
            throw new IllegalStateException("no meter " + name + query + ": " + answer);
        }
        return Double.parseDouble(value.group(1));
    }

    /** How often this node has read the database. */
    long reads() {
        return (long) meter("shop.table.reads");
    }
}
