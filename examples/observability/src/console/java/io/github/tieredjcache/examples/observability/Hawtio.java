package io.github.tieredjcache.examples.observability;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.resource.ResourceFactory;

/**
 * hawtio, a web console for the beans of this JVM; on the loopback interface, because nobody needs a password. It has a Jolokia of its
 * own, which allows what that of {@link JmxEndpoint} does.
 */
final class Hawtio implements AutoCloseable {
    private static final String PATH = "/hawtio";

    private final Server server;

    /** Serves on this port, or on a free one if it is 0. */
    Hawtio(int port) throws Exception {
        // hawtio has no other way to be configured.
        System.setProperty("hawtio.authenticationEnabled", "false");
        System.setProperty("hawtio.disableProxy", "true");
        System.setProperty("jolokia.policyLocation", JmxEndpoint.POLICY);

        server = new Server(new InetSocketAddress("127.0.0.1", port));
        // Where Maven puts it: beside the example's own classes.
        URI here =
                getClass().getProtectionDomain().getCodeSource().getLocation().toURI();
        Path war = Path.of(here).resolveSibling("hawtio.war");
        WebAppContext context = new WebAppContext();
        context.setContextPath(PATH);
        context.setWarResource(ResourceFactory.of(context).newResource(war));
        // hawtio has its own Jolokia, and shall not find the classes and lists of services of ours.
        context.getHiddenClassMatcher().add("org.jolokia.", "META-INF.jolokia.");
        context.setThrowUnavailableOnStartupException(true);
        server.setHandler(context);
        server.start();
    }

    /** Where it is, as {@code http://127.0.0.1:9104/hawtio/}. */
    String url() {
        return "http://127.0.0.1:" + server.getURI().getPort() + PATH + "/";
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("Jetty did not stop", e);
        }
    }
}
