package io.github.tieredjcache.internal.simulation;

import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.port.FakeHealth;
import io.github.tieredjcache.internal.port.FakeWire;
import io.github.tieredjcache.internal.remote.tracking.Announcements;
import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import io.github.tieredjcache.internal.support.NanoClock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The connections of one node to the simulated Redis, one after another: each carries messages in order, with delays. It may be cut, silently or
 * not. A command that is under way when its connection ends may still arrive, until the next connection has the server end that one.
 */
final class SimulatedWire implements FakeWire {
    private static final int SLOW_PER_THOUSAND = 40;
    /** Of the commands that are under way when their connection ends. */
    private static final int LOST_PERCENT = 50;

    private static final int REFUSED_PER_THOUSAND = 4;
    private static final int FULL_SOCKET_MILLIS = 30;
    private static final int RETRANSMISSION_MILLIS = 1_500;

    private final World world;
    private final SimulatedServer server;
    private final SimulatedNode node;
    private final NanoClock clock;
    private final TrackedKeys trackedKeys;
    private final FakeHealth health;
    private final Saboteur saboteur;
    private final List<String> echoes = new ArrayList<>();
    private final List<Connection> earlier = new ArrayList<>();
    private Connection connection;
    /** The last connection that the server has accepted. */
    private Connection accepted;

    private Connection executing;
    private long announcements;

    SimulatedWire(
            World world,
            SimulatedServer server,
            SimulatedNode node,
            NanoClock clock,
            TrackedKeys trackedKeys,
            FakeHealth health,
            Saboteur saboteur) {
        this.world = world;
        this.server = server;
        this.node = node;
        this.clock = clock;
        this.trackedKeys = trackedKeys;
        this.health = health;
        this.saboteur = saboteur;
    }

    /** One connection. */
    private static final class Connection {
        private final List<Exchange<?>> waiting = new ArrayList<>();
        private boolean closed;
        private boolean closedByServer;
        private long lastUpNanos;
        /** When the server that was frozen executes what it has received meanwhile: some of each connection in turn. */
        private long executesAtNanos;

        private long lastDownNanos;
        private long lastAnnouncedNanos;
        private long lastHeardNanos;
    }

    /** A command and its reply. */
    private static final class Exchange<R> {
        private final Supplier<R> command;
        private final Consumer<R> arrived;
        private final long author;
        private final long sentNanos;
        private R reply;
        private long arrivedNanos = Long.MAX_VALUE;
        private boolean ended;

        Exchange(Supplier<R> command, Consumer<R> arrived, long author, long sentNanos) {
            this.command = command;
            this.arrived = arrived;
            this.author = author;
            this.sentNanos = sentNanos;
        }
    }

    @Override
    public <R> R call(Kind kind, Supplier<R> command, Consumer<R> arrived) {
        node.requireAlive();
        Frame frame = world.frame();
        frame.commands++;
        world.report.count("commands");
        if (node.isLocalPolicy() && frame.beganInOutage && health.isUnavailable()) {
            world.violated(Promise.NO_CALL_WAITS_IN_AN_OUTAGE, frame + " has sent a command");
        }
        if (connection == null) {
            frame.failures++;
            throw new RemoteUnavailableException(
                    RemoteUnavailableException.Kind.CONNECTION, "there is no connection", null);
        }
        if (world.fault(REFUSED_PER_THOUSAND)) {
            frame.failures++;
            world.report.count("faults: refused command");
            throw new RemoteUnavailableException(RemoteUnavailableException.Kind.REFUSAL, "LOADING", null);
        }
        Connection used = connection;
        Exchange<R> exchange = new Exchange<>(command, arrived, frame.id, clock.nanos());
        long untilNanos = world.now() + Scenario.COMMAND_TIMEOUT;
        transmit(used, exchange);
        world.await(node, () -> exchange.ended, untilNanos);
        if (exchange.arrivedNanos <= untilNanos) {
            return exchange.reply;
        }
        frame.failures++;
        if (!used.closed && used.lastHeardNanos < untilNanos - Scenario.COMMAND_TIMEOUT) {
            close("silent for the command timeout");
        }
        if (kind == Kind.CHANGE) {
            frame.unknown = true;
            world.report.count("replies lost of changes");
            throw new OutcomeUnknownException(RemoteUnavailableException.Kind.TIMEOUT, "no reply in time", null);
        }
        throw new RemoteUnavailableException(RemoteUnavailableException.Kind.TIMEOUT, "no reply in time", null);
    }

    @Override
    public <R> void send(Supplier<R> command, Consumer<R> arrived) {
        if (connection != null && node.isAlive()) {
            Frame frame = world.frame();
            transmit(connection, new Exchange<>(command, arrived, frame == null ? 0 : frame.id, clock.nanos()));
        }
    }

    private <R> void transmit(Connection on, Exchange<R> exchange) {
        on.waiting.add(exchange);
        long sentNanos = Math.max(on.lastUpNanos, world.now() + latency());
        long passedNanos = node.network().upNanos(sentNanos);
        boolean isRetransmitted = passedNanos > sentNanos;
        on.lastUpNanos = passedNanos + (isRetransmitted ? world.millis(0, RETRANSMISSION_MILLIS) : 0);
        world.at(on.lastUpNanos, () -> execute(on, exchange));
    }

    private long latency() {
        return world.fault(SLOW_PER_THOUSAND) ? world.millis(5, 300) : world.millis(0, 2);
    }

    private <R> void execute(Connection on, Exchange<R> exchange) {
        if (server.isFrozen()) {
            on.executesAtNanos =
                    Math.max(on.executesAtNanos, server.frozenUntil() + world.millis(0, FULL_SOCKET_MILLIS));
        }
        if (world.now() < on.executesAtNanos) {
            world.at(on.executesAtNanos, () -> execute(on, exchange));
            return;
        }
        if (on.closedByServer || (on.closed && world.chance(LOST_PERCENT))) {
            return;
        }
        executing = on;
        List<R> reply = new ArrayList<>(1);
        server.history().by(exchange.author, () -> reply.add(exchange.command.get()));
        executing = null;
        deliver(on, () -> arrive(on, exchange, reply.get(0)));
        List<String> own = List.copyOf(echoes);
        echoes.clear();
        own.forEach(key -> announce(on, key));
    }

    private <R> void arrive(Connection on, Exchange<R> exchange, R reply) {
        on.waiting.remove(exchange);
        trackedKeys.replied(exchange.sentNanos);
        exchange.arrived.accept(reply);
        exchange.reply = reply;
        exchange.arrivedNanos = world.now();
        exchange.ended = true;
    }

    private void deliver(Connection on, Runnable action) {
        on.lastDownNanos = node.network().downNanos(Math.max(on.lastDownNanos, world.now() + latency()));
        world.at(on.lastDownNanos, () -> receive(on, action));
    }

    private void receive(Connection on, Runnable action) {
        if (node.isPaused()) {
            world.at(node.pausedUntil(), () -> receive(on, action));
        } else if (!on.closed && node.isAlive()) {
            on.lastHeardNanos = world.now();
            action.run();
        }
    }

    @Override
    public void leaseRunsOut(Supplier<?> release) {
        // By time.
    }

    @Override
    public void announce(String trackedKey) {
        if (accepted == null || accepted.closedByServer) {
            return;
        }
        if (executing == accepted) {
            echoes.add(trackedKey);
        } else {
            announce(accepted, trackedKey);
        }
    }

    private void announce(Connection on, String trackedKey) {
        if (saboteur == Saboteur.LOST_ANNOUNCEMENTS) {
            return;
        }
        Runnable receiving = () -> {
            announcements++;
            Announcements.announce(trackedKeys, trackedKey.getBytes(StandardCharsets.UTF_8));
        };
        if (saboteur == Saboteur.ANNOUNCEMENTS_BESIDE_REPLIES) {
            on.lastAnnouncedNanos = Math.max(on.lastAnnouncedNanos, world.now() + world.millis(0, 6_000));
            world.at(on.lastAnnouncedNanos, () -> receive(on, receiving));
        } else {
            deliver(on, receiving);
        }
    }

    @Override
    public void announceAll() {
        if (accepted != null && !accepted.closedByServer) {
            deliver(accepted, () -> {
                announcements++;
                trackedKeys.allChanged();
            });
        }
    }

    @Override
    public void await(long nanosMax) {
        node.requireAlive();
        long before = announcements;
        Connection used = connection;
        // A lease is over a little later than announced.
        long untilNanos = world.now() + nanosMax + world.millis(2, 3);
        world.await(node, () -> announcements != before || connection != used, untilNanos);
        world.report.count("waits for leases of others");
    }

    @Override
    public long waitNanos() {
        return clock.nanos();
    }

    // The life of connections.

    /** Opens the first connection. */
    void open() {
        connect();
    }

    /** Begins the only attempt to connect. */
    private void connect() {
        if (!node.isAlive()) {
            return;
        }
        if (node.network().isCut() || server.isDown()) {
            world.at(world.now() + world.millis(50, 500), this::connect);
            return;
        }
        world.at(world.now() + world.millis(0, 2), this::accept);
    }

    private void accept() {
        if (server.isFrozen()) {
            world.at(server.frozenUntil() + 1, this::accept);
            return;
        }
        server.keyspace().disconnected(this);
        Connection opened = new Connection();
        opened.lastUpNanos = world.now();
        opened.lastHeardNanos = world.now();
        accepted = opened;
        deliver(opened, () -> connected(opened));
    }

    private void connected(Connection opened) {
        world.report.count("connections");
        connection = opened;
        if (saboteur != Saboteur.EARLIER_CONNECTIONS_STAY) {
            endEarlier(opened);
        }
        earlier.add(opened);
        if (saboteur != Saboteur.GENERATION_OUTLIVES_CONNECTION) {
            trackedKeys.allChanged();
        }
        if (health.isUnavailable()) {
            health.set(null);
        }
        announcements++;
        world.trace(() -> node + " is connected");
        heartbeat();
    }

    /** Sends the command by which the server ends the earlier connections. */
    private void endEarlier(Connection opened) {
        List<Connection> ended = List.copyOf(earlier);
        Supplier<Boolean> end = () -> {
            ended.forEach(each -> each.closedByServer = true);
            earlier.removeAll(ended);
            return true;
        };
        transmit(opened, new Exchange<>(end, reply -> {}, 0, clock.nanos()));
    }

    /** Closes the connection, if there is one, and opens another one. */
    void close(String reason) {
        Connection ended = connection;
        if (ended == null) {
            return;
        }
        world.trace(() -> node + " closes its connection: " + reason);
        connection = null;
        ended.closed = true;
        ended.waiting.forEach(each -> each.ended = true);
        announcements++;
        if (saboteur != Saboteur.PROOF_NEVER_AGES) {
            trackedKeys.proof().revoke();
        }
        trackedKeys.disconnected();
        if (!health.isUnavailable()) {
            world.report.count("outages");
            health.set(reason);
        }
        world.at(world.now() + world.millis(20, 300), this::connect);
    }

    /** Ends the connection at the server, as a restart or {@code CLIENT KILL} does; the node notices it a little later. */
    void reset() {
        Connection ended = accepted;
        if (ended != null && !ended.closedByServer) {
            ended.closedByServer = true;
            server.keyspace().disconnected(this);
            notice(ended, world.now() + latency());
        }
    }

    private void notice(Connection ended, long atNanos) {
        world.at(atNanos, () -> {
            if (node.isPaused()) {
                notice(ended, node.pausedUntil());
            } else if (node.isAlive() && connection == ended) {
                close("the server has closed it");
            } else if (node.isAlive() && accepted == ended && !ended.closed) {
                // It was closed before the node had it.
                ended.closed = true;
                connect();
            }
        });
    }

    /** Sends a heartbeat if nothing else was sent; closes a connection on which nothing arrives. */
    void heartbeat() {
        if (saboteur == Saboteur.PROOF_NEVER_AGES) {
            trackedKeys.proof().recordReply(clock.nanos());
        }
        Connection current = connection;
        if (current == null) {
            return;
        }
        boolean silent = !current.waiting.isEmpty()
                && world.now() - current.lastHeardNanos > Scenario.COMMAND_TIMEOUT + Scenario.HEARTBEAT;
        if (silent) {
            close("silent");
        } else if (current.waiting.isEmpty()) {
            transmit(current, new Exchange<>(() -> true, reply -> {}, 0, clock.nanos()));
        }
    }

    /** Ends everything for the server, when the node is gone. */
    void die() {
        Connection last = accepted;
        if (last != null) {
            world.at(Math.max(last.lastUpNanos, world.now()) + world.millis(0, 5), () -> {
                if (accepted == last) {
                    last.closedByServer = true;
                    server.keyspace().disconnected(this);
                }
            });
        }
    }
}
