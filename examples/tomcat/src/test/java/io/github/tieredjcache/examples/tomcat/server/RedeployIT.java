package io.github.tieredjcache.examples.tomcat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.testkit.RedisServer;
import java.io.Closeable;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedeployIT {
    private static final Path APPLICATION = Path.of("target", "application");

    // Held, or its handler is lost.
    private final Logger tomcat = Logger.getLogger("org.apache.catalina");
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                warnings.add(entry.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private final RedisServer redis = RedisServer.startLocal();
    private final Server server = started();

    RedeployIT() throws Exception {}

    private static Server started() throws Exception {
        return new Server(APPLICATION);
    }

    @BeforeEach
    void configures() throws Exception {
        tomcat.addHandler(handler);
        System.setProperty("tiered-jcache.redis.uri", redis.uri());
        server.deploy("/one");
        server.deploy("/two");
    }

    @AfterEach
    void closes() throws Exception {
        try {
            server.close();
            assertTrue(
                    Remains.await(() -> Remains.threads().isEmpty()),
                    () -> Remains.threads().toString());
            assertEquals(Set.of(), Remains.beans());
            // Tomcat's own: it looks for threads and thread-locals of an application that it stops.
            assertEquals(List.of(), warnings);
        } finally {
            tomcat.removeHandler(handler);
            System.clearProperty("tiered-jcache.redis.uri");
            redis.close();
        }
    }

    @Test
    void theServerDoesNotBringTheLibraryAndEachApplicationHasItsOwn() throws Exception {
        String provider = "io.github.tieredjcache.jcache.TieredCachingProvider";
        assertThrows(ClassNotFoundException.class, () -> Class.forName(provider));
        assertNotSame(
                server.loader("/one").loadClass(provider), server.loader("/two").loadClass(provider));
    }

    @Test
    void applicationsShareTheEntriesInRedis() throws Exception {
        assertEquals("404", server.get("/two/orders/4711"));
        assertEquals("200", server.put("/one/orders/4711", "a bicycle"));
        assertEquals("200 a bicycle", server.get("/two/orders/4711"));
        assertEquals(6, Remains.beans().size(), () -> Remains.beans().toString());
    }

    @Test
    void anUndeployedApplicationIsCollectedAndTheOthersContinue() throws Exception {
        server.put("/one/orders/4711", "a bicycle");
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertEquals("200 a bicycle", server.get("/one/orders/4711"));
            loaders.add(server.undeploy("/one"));
            assertEquals("200 a bicycle", server.get("/two/orders/4711"));
            server.deploy("/one");
        }
        assertEquals(0, Remains.reachable(loaders));
        assertEquals("200 a bicycle", server.get("/one/orders/4711"));
    }

    @Test
    void aProviderThatTheContainerClosesFirstIsClosedForItsApplicationOnly() throws Exception {
        server.put("/one/orders/4711", "a bicycle");
        provider("/one").close();

        assertTrue(server.get("/one/orders/4711").startsWith("503 "), server.get("/one/orders/4711"));
        assertEquals("200 a bicycle", server.get("/two/orders/4711"));
        assertEquals(0, Remains.reachable(List.of(server.undeploy("/one"))));
    }

    @Test
    void aProviderThatTheContainerClosesTwiceIsClosed() throws Exception {
        server.put("/one/orders/4711", "a bicycle");
        undeployAndClose();
        assertEquals("200 a bicycle", server.get("/two/orders/4711"));
    }

    private void undeployAndClose() throws Exception {
        Closeable provider = provider("/one");
        WeakReference<ClassLoader> loader = server.undeploy("/one");
        provider.close();
        provider = null;
        assertEquals(0, Remains.reachable(List.of(loader)));
    }

    /** The application's provider, as a container would get it for it. */
    private Closeable provider(String path) throws Exception {
        ClassLoader loader = server.loader(path);
        return (Closeable) loader.loadClass("javax.cache.Caching")
                .getMethod("getCachingProvider", ClassLoader.class)
                .invoke(null, loader);
    }
}
