package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.entry.NanoClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The Redis clients of one provider: one a Redis URI, counted, closed with its last user. Safe for use by many threads.
 */
public final class RemoteClients {
    // Not less, or a very short command timeout would end connections on which a heartbeat is merely late.
    private static final Duration SILENCE_MIN = Duration.ofSeconds(1);

    private final NanoClock clock;
    private final Map<String, Shared> byUri = new HashMap<>();
    private final Map<String, Owed> owed = new HashMap<>();

    /**
     * Creates a provider's clients; there are none yet.
     *
     * @param clock the one by which entries' deadlines are told
     */
    public RemoteClients(NanoClock clock) {
        this.clock = clock;
    }

    /**
     * Returns a use of the client of a Redis; its {@code close()} gives it back.
     *
     * <p>Does not wait for Redis and does not fail if it is down: the connection is made in the background.
     *
     * @throws IllegalArgumentException if the URI cannot be used; the message does not quote it
     */
    public synchronized RemoteClient acquire(RemoteOptions options) {
        Shared shared = byUri.get(options.uri());
        if (shared == null) {
            shared = new Shared(open(options));
            byUri.put(options.uri(), shared);
        }
        shared.users++;
        return new RemoteClient(
                shared.link,
                new Faults(Place.of(options.uri())),
                clock,
                options.commandTimeout(),
                () -> release(options.uri()));
    }

    /** Returns how many clients are open. */
    public synchronized int open() {
        return byUri.size();
    }

    private Link open(RemoteOptions options) {
        Duration timeout = options.commandTimeout();
        Duration silence = timeout.compareTo(SILENCE_MIN) < 0 ? SILENCE_MIN : timeout;
        Door door = new Door(options.uri(), options.connectTimeout(), clock);
        Link link = new Link(
                door,
                new Faults(Place.of(options.uri())),
                clock,
                options.connectTimeout(),
                timeout,
                silence,
                owedTo(options.uri()));
        link.open();
        return link;
    }

    private Owed owedTo(String uri) {
        return owed.computeIfAbsent(uri, same -> new Owed());
    }

    private void release(String uri) {
        Link last = null;
        synchronized (this) {
            Shared shared = byUri.get(uri);
            if (shared != null && --shared.users == 0) {
                byUri.remove(uri);
                last = shared.link;
            }
        }
        if (last != null) {
            last.close();
        }
    }

    /** A client and how many use it. */
    private static final class Shared {
        private final Link link;
        private int users;

        Shared(Link link) {
            this.link = link;
        }
    }
}
