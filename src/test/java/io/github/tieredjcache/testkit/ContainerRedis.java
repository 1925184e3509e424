package io.github.tieredjcache.testkit;

import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** A Redis in a container; the only class that sees Testcontainers, which may be missing from the class path. */
final class ContainerRedis implements RedisHost {

    private static final String IMAGE = "redis:7";
    private static final int PORT = 6379;

    private final GenericContainer<?> container;

    private ContainerRedis(GenericContainer<?> container) {
        this.container = container;
    }

    /** Starts a container that keeps nothing on disk. */
    static ContainerRedis start() {
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(IMAGE))
                .withExposedPorts(PORT)
                .withCommand("redis-server", "--save", "", "--appendonly", "no");
        container.start();
        return new ContainerRedis(container);
    }

    @Override
    public RedisAddress address() {
        String uri = "redis://" + container.getHost() + ":" + container.getMappedPort(PORT);
        return RedisAddress.parse(uri, "the container's address");
    }

    @Override
    public String description() {
        return "a container of " + IMAGE;
    }

    @Override
    public void close() {
        container.stop();
    }
}
