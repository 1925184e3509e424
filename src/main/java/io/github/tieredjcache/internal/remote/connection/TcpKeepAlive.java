package io.github.tieredjcache.internal.remote.connection;

import io.lettuce.core.SocketOptions;
import java.time.Duration;

/**
 * TCP keepalive of the connections. Its intervals need the module {@code jdk.net}, which a runtime image of jlink, or
 * an application on the module path, may lack; then it has the intervals of the operating system. The heartbeat of a
 * connection needs neither.
 */
final class TcpKeepAlive {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.remote");
    private static final String MODULE = "jdk.net";
    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int COUNT = 3;

    private TcpKeepAlive() {}

    static SocketOptions.Builder enable(SocketOptions.Builder options) {
        return hasIntervals()
                ? options.keepAlive(SocketOptions.KeepAliveOptions.builder()
                        .enable()
                        .idle(IDLE)
                        .interval(INTERVAL)
                        .count(COUNT)
                        .build())
                : options.keepAlive(true);
    }

    /** Logs whether keepalive has the intervals of the operating system. */
    static void report() {
        if (!hasIntervals()) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "TCP keepalive has the intervals of the operating system, because this Java runtime lacks the module {0};"
                            + " add it by jlink --add-modules or java --add-modules",
                    MODULE);
        }
    }

    private static boolean hasIntervals() {
        return ModuleLayer.boot().findModule(MODULE).isPresent();
    }
}
