package io.github.tieredjcache.examples.observability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The Chromium of the PATH with one page and no window, controlled by its DevTools protocol; ends with the virtual machine at the latest. */
final class Chromium implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final String WINDOW = "1400,1000";

    private final ObjectMapper mapper = new ObjectMapper();
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> awaited = new ConcurrentHashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final Thread atExit;
    private final WebSocket page;

    private Chromium(Process process, Path folder) throws Exception {
        this.process = process;
        this.atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
        this.page = http.newWebSocketBuilder()
                .buildAsync(pageAddress(folder), new Answers())
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Starts it.
     *
     * @param folder for its profile and log
     */
    static Chromium start(Path folder) throws Exception {
        Path program = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(each -> Path.of(each, "chromium"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException("This test needs chromium on the PATH, such as Debian's package."));
        // No sandbox, because that refuses to work for root, as whom tests run in containers; it only sees our own
        // page.
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--hide-scrollbars",
                        "--no-first-run",
                        "--window-size=" + WINDOW,
                        "--user-data-dir=" + folder,
                        "--remote-debugging-port=0",
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("chromium.log").toFile())
                .start();
        try {
            return new Chromium(process, folder);
        } catch (Throwable failure) {
            process.destroyForcibly().onExit().join();
            throw failure;
        }
    }

    private URI pageAddress(Path folder) throws Exception {
        Path port = folder.resolve("DevToolsActivePort");
        Patience.until("Chromium serves DevTools", () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("Chromium ended:\n" + Files.readString(folder.resolve("chromium.log")));
            }
            return Files.exists(port) && Files.readAllLines(port).size() == 2;
        });
        URI list = URI.create("http://127.0.0.1:" + Files.readAllLines(port).get(0) + "/json/list");
        var answer = http.send(HttpRequest.newBuilder(list).build(), BodyHandlers.ofString());
        for (JsonNode target : mapper.readTree(answer.body())) {
            if (target.get("type").asText().equals("page")) {
                return URI.create(target.get("webSocketDebuggerUrl").asText());
            }
        }
        throw new IllegalStateException("Chromium has no page: " + answer.body());
    }

    /** Goes to a page; does not wait for what its scripts do. */
    void open(String url) throws Exception {
        JsonNode answer = command("Page.navigate", Map.of("url", url));
        if (answer.has("errorText")) {
            throw new IOException(url + ": " + answer.get("errorText").asText());
        }
    }

    /** Returns what a script in the page evaluates to. */
    JsonNode evaluate(String script) throws Exception {
        JsonNode answer = command("Runtime.evaluate", Map.of("expression", script, "returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(script + ": " + answer.get("exceptionDetails"));
        }
        return answer.get("result").path("value");
    }

    /** Returns the text that the page shows. */
    String text() throws Exception {
        return evaluate("document.body.innerText").asText();
    }

    /** Takes a picture of what the window would show, as a PNG. */
    byte[] picture() throws Exception {
        return Base64.getDecoder()
                .decode(command("Page.captureScreenshot", Map.of("format", "png"))
                        .get("data")
                        .asText());
    }

    private JsonNode command(String method, Map<String, Object> parameters) throws Exception {
        int id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        awaited.put(id, answer);
        String message = mapper.writeValueAsString(Map.of("id", id, "method", method, "params", parameters));
        page.sendText(message, true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        JsonNode received = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (received.has("error")) {
            throw new IllegalStateException(method + ": " + received.get("error"));
        }
        return received.get("result");
    }

    @Override
    public void close() {
        page.abort();
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly().onExit().join();
        children.forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    /** Puts messages together and hands each answer to whom it is for. */
    private final class Answers implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            message.append(part);
            if (last) {
                String whole = message.toString();
                message.setLength(0);
                try {
                    JsonNode answer = mapper.readTree(whole);
                    CompletableFuture<JsonNode> waiting =
                            awaited.remove(answer.path("id").asInt());
                    if (waiting != null) {
                        waiting.complete(answer);
                    }
                } catch (IOException e) {
                    onError(socket, e);
                }
            }
            socket.request(1);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            awaited.values().forEach(each -> each.completeExceptionally(error));
        }
    }
}
