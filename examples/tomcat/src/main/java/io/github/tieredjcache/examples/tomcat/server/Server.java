package io.github.tieredjcache.examples.tomcat.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;

/** A Tomcat with the application of this example, any number of times, at different paths. */
final class Server implements AutoCloseable {
    private final Tomcat tomcat = new Tomcat();
    private final Path folder;
    private final Path application;
    private final Map<String, Context> deployed = new HashMap<>();
    private final HttpClient client = HttpClient.newHttpClient();

    /**
     * Starts it on a free port.
     *
     * @param application the folder with WEB-INF
     */
    Server(Path application) throws IOException, LifecycleException {
        this.application = application;
        // No jar has anything for Tomcat; those of the manifest that belong to the application are not even there.
        System.setProperty("tomcat.util.scan.StandardJarScanFilter.jarsToSkip", "*.jar");
        folder = Files.createTempDirectory("tomcat");
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        // JSPs are not needed, and their compiler is not there.
        tomcat.setAddDefaultWebXmlToWebapp(false);
        tomcat.getConnector();
        tomcat.getHost();
        // Its threads continue when an application is undeployed, as in a server that does not replace them.
        tomcat.getConnector().setProperty("maxThreads", "4");
        tomcat.start();
    }

    /** Deploys the application at a path such as {@code /one}. */
    void deploy(String path) throws IOException {
        Files.createDirectories(folder.resolve("webapps"));
        deployed.put(path, tomcat.addWebapp(path, application.toAbsolutePath().toString()));
    }

    /** Returns the class loader of the application at a path. */
    ClassLoader loader(String path) {
        return deployed.get(path).getLoader().getClassLoader();
    }

    /** Undeploys what is at a path; returns its class loader, if that is not collected. */
    WeakReference<ClassLoader> undeploy(String path) {
        WeakReference<ClassLoader> loader = new WeakReference<>(loader(path));
        tomcat.getHost().removeChild(deployed.remove(path));
        return loader;
    }

    /** Sends a request and returns status and body. */
    String get(String path) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(uri(path)).build());
    }

    /** As {@link #get}. */
    String put(String path, String body) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(uri(path))
                .PUT(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + tomcat.getConnector().getLocalPort() + path);
    }

    private String answer(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        return (response.statusCode() + " " + response.body()).strip();
    }

    @Override
    public void close() throws LifecycleException, IOException {
        tomcat.stop();
        tomcat.destroy();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(Server::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
