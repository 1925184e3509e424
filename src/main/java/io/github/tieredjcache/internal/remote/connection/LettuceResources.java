package io.github.tieredjcache.internal.remote.connection;

import io.lettuce.core.RedisClient;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.ThreadFactoryProvider;
import io.lettuce.core.resource.Transports;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The threads that Lettuce's clients of one Redis run on: daemons, and few, which end when the last that has a share of them gives it
 * back. In a Redis Cluster each cache has a client, and all run on the same. Safe for use by many threads.
 */
final class LettuceResources {
    private static final String NAMES = "tiered-jcache-redis-";
    private static final int IO_THREADS = 2;
    // Lettuce's minimum.
    private static final int COMPUTATION_THREADS = 2;
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private final ThreadFactoryProvider threadFactories;
    private final TrafficMeters trafficMeters = new TrafficMeters();
    private final ClientResources resources;
    // Made at once and ended by this: Lettuce makes its own when it first connects, and if that is while it is shut
    // down, it may have looked already for what to end, and they run for ever.
    private final EventLoopGroup eventLoops;
    // Guarded by this.
    private int shares = 1;

    private LettuceResources(ThreadFactoryProvider factories) {
        this.threadFactories = factories;
        // Made when it is first used, which is later.
        Objects.requireNonNull(GlobalEventExecutor.INSTANCE);
        this.resources = DefaultClientResources.builder()
                .ioThreadPoolSize(IO_THREADS)
                .computationThreadPoolSize(COMPUTATION_THREADS)
                .threadFactoryProvider(factories)
                .nettyCustomizer(trafficMeters)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .build();
        this.eventLoops = resources.eventLoopGroupProvider().allocate(Transports.eventLoopGroupClass());
    }

    /** Makes some, of which the caller has the first share. */
    static LettuceResources start() {
        return start(LettuceResources::daemonFactory);
    }

    /**
     * As above.
     *
     * @param factories makes the threads of a pool, which it is asked for by the pool's name
     */
    static LettuceResources start(ThreadFactoryProvider factories) {
        return onOwnThread(() -> new LettuceResources(factories));
    }

    /**
     * Does something on a thread that none of the caller's code is on, and waits for it. Netty keeps exceptions in static fields, which
     * keep the classes that were on the stack when they were made: those of the first application, undeployed or not. And it
     * keeps thread-locals on the thread, whose classes are of the application that brought this library.
     */
    static <T> T onOwnThread(Supplier<T> making) {
        return CompletableFuture.supplyAsync(
                        making, task -> daemonFactory("start").newThread(task).start())
                .join();
    }

    /** Returns a new client that runs on these. */
    RedisClient client() {
        return onOwnThread(() -> RedisClient.create(resources));
    }

    /**
     * Returns the thread of connections that this is called on, else one of them. What Netty does for a connection it is to do on such
     * a thread: on another it leaves behind what keeps its classes from being collected, with the application that brought them.
     */
    ScheduledExecutorService eventLoop() {
        for (EventExecutor each : eventLoops) {
            if (each.inEventLoop()) {
                return each;
            }
        }
        return eventLoops.next();
    }

    /** Returns what counts the bytes of the connections on these. */
    TrafficMeters trafficMeters() {
        return trafficMeters;
    }

    /** Returns one of them. */
    ScheduledExecutorService nextExecutor() {
        return resources.eventExecutorGroup().next();
    }

    /** Returns what makes the threads of a pool. */
    ThreadFactory threadFactory(String pool) {
        return threadFactories.getThreadFactory(pool);
    }

    /** Takes a share; returns false if there was none left and the threads have ended. */
    synchronized boolean tryShare() {
        if (shares == 0) {
            return false;
        }
        shares++;
        return true;
    }

    /** Returns whether nobody has a share any more. */
    synchronized boolean isReleased() {
        return shares == 0;
    }

    /** Gives a share back; ends them with the last one, and waits a bounded time for that. */
    void release() {
        synchronized (this) {
            if (--shares > 0) {
                return;
            }
        }
        var unused = onOwnThread(this::shutDown);
    }

    private boolean shutDown() {
        var unused = eventLoops.shutdownGracefully(0, CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        return resources
                .shutdown(0, CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Makes daemons. */
    static ThreadFactory daemonFactory(String pool) {
        return new DefaultThreadFactory(NAMES + pool, true) {
            @Override
            @SuppressWarnings("removal") // Up to JDK 23 nothing else keeps the caller's classes off a new thread.
            public Thread newThread(Runnable task) {
                // Before JDK 24 a thread remembers for its life whose code made it: applications that are undeployed.
                Thread thread = AccessController.doPrivileged((PrivilegedAction<Thread>) () -> super.newThread(task));
                // Not the caller's: it may be the loader of a web application that is to be undeployed.
                thread.setContextClassLoader(LettuceResources.class.getClassLoader());
                return thread;
            }
        };
    }
}
