package io.github.tieredjcache.examples.observability;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Prometheus with the example's configuration, but for its pace and its targets; ends with the virtual machine at the latest. */
final class PrometheusServer implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();
    private final Path log;
    private final int port;
    private final Process process;
    private final Thread atExit;

    private PrometheusServer(Path log, int port, Process process) {
        this.log = log;
        this.port = port;
        this.process = process;
        this.atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * Starts it.
     *
     * @param folder for its configuration, data and log
     * @param targets what it scrapes, each second
     */
    static PrometheusServer start(PrometheusPrograms programs, Path folder, List<String> targets) throws Exception {
        Path example = Path.of("prometheus");
        Files.copy(example.resolve("alerts.yml"), folder.resolve("alerts.yml"));
        String configuration = Files.readString(example.resolve("prometheus.yml"));
        String ours = configuration
                .replaceAll("_interval: \\w+", "_interval: 1s")
                .replaceAll("targets: .*", "targets: [\"" + String.join("\", \"", targets) + "\"]");
        Files.writeString(folder.resolve("prometheus.yml"), ours);
        int port = freePort();
        Path log = folder.resolve("prometheus.log");
        Process process = new ProcessBuilder(
                        programs.program("prometheus"),
                        "--config.file=" + folder.resolve("prometheus.yml"),
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        PrometheusServer server = new PrometheusServer(log, port, process);
        try {
            Patience.until("Prometheus is ready", server::isReady);
        } catch (Throwable failure) {
            server.close();
            throw failure;
        }
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean isReady() throws Exception {
        if (!process.isAlive()) {
            throw new IllegalStateException("Prometheus ended:\n" + Files.readString(log));
        }
        try {
            return http.send(request("/-/ready"), BodyHandlers.ofString()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns what a query finds, one element a series; none if it is empty. */
    List<JsonNode> query(String query) throws Exception {
        List<JsonNode> series = new ArrayList<>();
        get("/api/v1/query?query=" + URLEncoder.encode(query, UTF_8))
                .get("result")
                .forEach(series::add);
        return series;
    }

    /** Returns the value of a query for which one series is found; not a number if it is none or several. */
    double value(String query) throws Exception {
        List<JsonNode> series = query(query);
        return series.size() == 1 ? value(series.get(0)) : Double.NaN;
    }

    /** Returns the value of a series that a query has found. */
    static double value(JsonNode series) {
        String text = series.get("value").get(1).asText();
        return text.endsWith("Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }

    /** Returns the instances for which an alert fires. */
    List<String> firing(String alert) throws Exception {
        List<String> instances = new ArrayList<>();
        for (JsonNode each : get("/api/v1/alerts").get("alerts")) {
            JsonNode labels = each.get("labels");
            if (labels.get("alertname").asText().equals(alert)
                    && each.get("state").asText().equals("firing")) {
                instances.add(labels.get("instance").asText());
            }
        }
        return instances;
    }

    private JsonNode get(String path) throws Exception {
        var answer = http.send(request(path), BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("Prometheus refused " + path + ": " + answer.body());
        }
        return mapper.readTree(answer.body()).get("data");
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
