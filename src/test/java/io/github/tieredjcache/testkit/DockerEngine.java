package io.github.tieredjcache.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * Whether a Docker engine answers on this machine.
 *
 * <p>Testcontainers can tell as well, but where none answers it takes seconds and logs stack traces; this asks each likely
 * address for one ping and says nothing.
 */
final class DockerEngine {

    private static final long TIMEOUT_MILLIS = 1_000;
    private static final byte[] PING = "GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n".getBytes(US_ASCII);

    private DockerEngine() {}

    /** True if an engine answers a ping at one of the addresses that Testcontainers would try. */
    static boolean answers(Map<String, String> environment, Path home) {
        for (String address : addresses(environment, home)) {
            if (answersAt(address)) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> addresses(Map<String, String> environment, Path home) {
        Set<String> addresses = new LinkedHashSet<>();
        String named = environment.get("DOCKER_HOST");
        if (named != null) {
            addresses.add(named);
        }
        String configured = testcontainersSettings(home).getProperty("docker.host");
        if (configured != null) {
            addresses.add(configured);
        }
        addresses.add("unix:///var/run/docker.sock");
        String runtime = environment.get("XDG_RUNTIME_DIR");
        if (runtime != null) {
            addresses.add("unix://" + runtime + "/docker.sock");
        }
        addresses.add("unix://" + home.resolve(".docker/run/docker.sock"));
        addresses.add("unix://" + home.resolve(".docker/desktop/docker.sock"));
        if (System.getProperty("os.name").startsWith("Windows")) {
            addresses.add("npipe:////./pipe/docker_engine");
        }
        return addresses;
    }

    private static Properties testcontainersSettings(Path home) {
        Properties settings = new Properties();
        Path file = home.resolve(".testcontainers.properties");
        if (Files.isReadable(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                settings.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                // A file that cannot be read names no engine.
            }
        }
        return settings;
    }

    private static boolean answersAt(String address) {
        try {
            URI uri = URI.create(address);
            return switch (uri.getScheme()) {
                case "unix" -> pings(UnixDomainSocketAddress.of(uri.getPath()));
                case "tcp", "http" -> pings(new InetSocketAddress(uri.getHost(), uri.getPort()));
                case "npipe" ->
                    Path.of(uri.getPath().replace('/', '\\')).toFile().exists();
                default -> false;
            };
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private static boolean pings(SocketAddress address) throws IOException {
        boolean unix = address instanceof UnixDomainSocketAddress;
        try (SocketChannel channel = unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            if (!channel.connect(address)) {
                selector.select(TIMEOUT_MILLIS);
                if (!channel.finishConnect()) {
                    return false;
                }
            }
            channel.write(ByteBuffer.wrap(PING));
            key.interestOps(SelectionKey.OP_READ);
            selector.selectedKeys().clear();
            selector.select(TIMEOUT_MILLIS);
            ByteBuffer answer = ByteBuffer.allocate(256);
            channel.read(answer);
            String status = new String(answer.array(), 0, answer.position(), US_ASCII);
            // An engine behind TLS refuses the plain ping, but that it speaks HTTP at all is answer enough.
            return status.startsWith("HTTP/1.1 200") || status.startsWith("HTTP/1.0 200") || status.contains("HTTPS");
        }
    }
}
