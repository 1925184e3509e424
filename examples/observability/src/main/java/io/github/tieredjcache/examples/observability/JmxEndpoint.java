package io.github.tieredjcache.examples.observability;

import java.io.IOException;
import java.util.Map;
import org.jolokia.jvmagent.JolokiaServer;
import org.jolokia.jvmagent.JolokiaServerConfig;

/**
 * The beans of this JVM over HTTP, by Jolokia; on the loopback interface. What is allowed says {@code jolokia-access.xml}: to read all, to
 * operate the caches.
 */
final class JmxEndpoint implements AutoCloseable {
    /** Where Jolokia finds what it allows. */
    static final String POLICY = "classpath:/jolokia-access.xml";

    private final JolokiaServer server;

    /** Serves on this port, or on a free one if it is 0. */
    JmxEndpoint(int port) throws IOException {
        server = new JolokiaServer(new JolokiaServerConfig(Map.of(
                "host",
                "127.0.0.1",
                "port",
                String.valueOf(port),
                "policyLocation",
                POLICY,
                "discoveryEnabled",
                "false")));
        server.start();
    }

    /** Where it is, as {@code http://127.0.0.1:9103/jolokia/}. */
    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/jolokia/";
    }

    @Override
    public void close() {
        server.stop();
    }
}
