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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The threads of the Lettuce client of one Redis: a few daemon threads. Safe for use by many threads.
 */
final class LettuceResources {
    private static final String NAMES = "tiered-jcache-redis-";
    private static final int IO_THREADS = 2;
    // The minimum of Lettuce.
    private static final int COMPUTATION_THREADS = 2;
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final ThreadFactoryProvider threadFactories;
    private final RedisChannels channels = new RedisChannels();
    private final ClientResources resources;
    // Created at once and shut down by this class. Lettuce creates its event loops with the first connection; if that
    // races with a shutdown, the shutdown may miss them, and they never end.
    private final EventLoopGroup eventLoops;

    private LettuceResources(ThreadFactoryProvider factories) {
        this.threadFactories = pool -> recording(factories.getThreadFactory(pool));
        TcpKeepAlive.report();
        // Loaded now, on the own thread, since Netty would create it later on a thread of a caller.
        Objects.requireNonNull(GlobalEventExecutor.INSTANCE);
        this.resources = DefaultClientResources.builder()
                .ioThreadPoolSize(IO_THREADS)
                .computationThreadPoolSize(COMPUTATION_THREADS)
                .threadFactoryProvider(threadFactories)
                .nettyCustomizer(channels)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .build();
        this.eventLoops = resources.eventLoopGroupProvider().allocate(Transports.eventLoopGroupClass());
    }

    /** Starts the threads. */
    static LettuceResources start() {
        return start(LettuceResources::daemonFactory);
    }

    /**
     * Starts the threads with the given factories.
     *
     * @param factories makes a thread factory for the name of a pool
     */
    static LettuceResources start(ThreadFactoryProvider factories) {
        return onOwnThread(() -> new LettuceResources(factories));
    }

    /**
     * Runs an action on a new thread without code of the caller on its stack, and waits for its end. Netty keeps exceptions
     * in static fields, which keep the classes on the stack of their creation in memory: those of the first
     * application, undeployed or not. And Netty keeps thread-locals on the thread, whose classes belong to the
     * application that brought this library.
     */
    static <T> T onOwnThread(Supplier<T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = daemonFactory("start").newThread(() -> {
            var unused = result.completeAsync(action, Runnable::run);
        });
        thread.start();
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LinkageError error) {
                throw error;
            }
            throw e;
        } finally {
            awaitEnd(thread, System.nanoTime() + CLOSE_WAIT.toNanos());
        }
    }

    /** Creates the client, which runs on these threads. */
    RedisClient client() {
        return onOwnThread(() -> new DispatchingClient(resources));
    }

    /**
     * Returns the event loop that the caller runs on, else one of them. Netty must do its work for a connection on such
     * a thread: on any other thread it leaves thread-locals that keep its classes, and with them the application that
     * brought them, in memory.
     */
    ScheduledExecutorService eventLoop() {
        for (EventExecutor each : eventLoops) {
            if (each.inEventLoop()) {
                return each;
            }
        }
        return eventLoops.next();
    }

    /** Returns the channels of the connections on these threads. */
    RedisChannels channels() {
        return channels;
    }

    /** Returns one of the computation threads. */
    ScheduledExecutorService nextExecutor() {
        return resources.eventExecutorGroup().next();
    }

    /** Returns the thread factory of a pool. */
    ThreadFactory threadFactory(String pool) {
        return threadFactories.getThreadFactory(pool);
    }

    /** Ends the threads, and waits a bounded time for their end. */
    void close() {
        var unused = onOwnThread(this::shutDown);
    }

    private boolean shutDown() {
        long deadlineNanos = System.nanoTime() + CLOSE_WAIT.toNanos();
        var unused = eventLoops.shutdownGracefully(0, CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        boolean ended = resources
                .shutdown(0, CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        // A thread may still run shortly after its pool has terminated, and a container checks for leaked threads then.
        threads.forEach(each -> awaitEnd(each, deadlineNanos));
        return ended;
    }

    private static void awaitEnd(Thread thread, long deadlineNanos) {
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, deadlineNanos - System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ThreadFactory recording(ThreadFactory factory) {
        return task -> {
            Thread thread = factory.newThread(task);
            threads.removeIf(each -> each.getState() == Thread.State.TERMINATED);
            threads.add(thread);
            return thread;
        };
    }

    /** Returns a factory of daemon threads that keep no class of their creator in memory. */
    static ThreadFactory daemonFactory(String pool) {
        return new DefaultThreadFactory(NAMES + pool, true) {
            @Override
            @SuppressWarnings("removal") // Up to JDK 23 nothing else detaches a new thread from the caller's classes.
            public Thread newThread(Runnable task) {
                // Before JDK 24 a thread keeps the access control context of its creator for life, and with it the
                // classes of undeployed applications.
                Thread thread = AccessController.doPrivileged((PrivilegedAction<Thread>) () -> super.newThread(task));
                // The class loader of the caller may be that of a web application that is undeployed later.
                thread.setContextClassLoader(LettuceResources.class.getClassLoader());
                return thread;
            }
        };
    }
}
