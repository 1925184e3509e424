package io.github.tieredjcache.examples.tomcat.server;

import io.github.tieredjcache.testkit.RedisServer;
import java.io.PrintStream;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Deploys two applications that share a Redis and nothing else, and one of them again and again. */
final class Main {
    private static final int TIMES = 5;

    // Held, or its level is lost.
    private static final Logger TOMCAT = Logger.getLogger("org.apache");

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        TOMCAT.setLevel(Level.WARNING);
        Path jar = Path.of(
                Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        run(jar.resolveSibling("application"), System.out);
    }

    /** Prints what happens; ends by itself. */
    static void run(Path application, PrintStream out) throws Exception {
        try (RedisServer redis = RedisServer.startLocal()) {
            System.setProperty("tiered-jcache.redis.uri", redis.uri());
            try (Server server = new Server(application)) {
                redeploy(server, out);
            }
            out.println("The server has stopped. Threads of the library: " + (settled() ? "none" : Remains.threads()));
        } finally {
            System.clearProperty("tiered-jcache.redis.uri");
        }
    }

    private static void redeploy(Server server, PrintStream out) throws Exception {
        server.deploy("/one");
        server.deploy("/two");
        out.println("Two applications in one Tomcat, each with the library in its own WEB-INF/lib, and one Redis.");
        server.put("/one/orders/4711", "a bicycle");
        out.println("  PUT /one/orders/4711 a bicycle; GET /two/orders/4711: " + server.get("/two/orders/4711"));
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < TIMES; i++) {
            loaders.add(server.undeploy("/one"));
            server.deploy("/one");
            out.println("  /one deployed again: GET /one/orders/4711: " + server.get("/one/orders/4711"));
        }
        loaders.add(server.undeploy("/one"));
        out.printf(
                "  Of %d class loaders of /one %d can still be reached.%n", loaders.size(), Remains.reachable(loaders));
        out.println("  GET /two/orders/4711: " + server.get("/two/orders/4711"));
    }

    private static boolean settled() {
        return Remains.await(() -> Remains.threads().isEmpty());
    }
}
