package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections that one {@link ConnectionSupervisor} has given up, and the server perhaps not: what was sent on them
 * may wait in a network that was cut, or in the socket of a server that was frozen. The next connection has the server
 * end them before it sends any command of a call, so that no command of an earlier connection runs after one of a later
 * connection. Without that, a put of an outage could replace what was stored after the recovery.
 *
 * <p>The rejected alternatives cost each write something: a number of the connection or a latest time, which each script
 * compares. Safe for use by many threads.
 */
final class EarlierConnections {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.remote");
    private static final int CONNECTIONS_MAX = 16;

    private final ConnectionFactory connections;
    // Both guarded by this. The latest connection is the last one.
    private final Set<ServerConnection> notEnded = new LinkedHashSet<>();
    private boolean reported;

    EarlierConnections(ConnectionFactory connections) {
        this.connections = connections;
    }

    /**
     * Sends the commands by which the server ends the earlier connections; to be called before any other command that
     * changes something. From now on the given connection is an earlier one, too.
     */
    void endOn(RedisConnection next) {
        for (ServerConnection each : givenUpBefore(next.server())) {
            var unused = each.identity().thenAccept(identity -> end(each, identity.kill(), next));
        }
        var unused = next.server().identity().whenComplete((identity, failure) -> reportIfRefused(failure));
    }

    private synchronized List<ServerConnection> givenUpBefore(ServerConnection next) {
        // In a cluster, the next connection of a hash slot may share the connection to the server with the last one,
        // and others may still begin to use an earlier one, which was not given up then.
        notEnded.remove(next);
        notEnded.removeIf(each -> each.identity().isCompletedExceptionally());
        List<ServerConnection> givenUp =
                notEnded.stream().filter(each -> !each.isSharable()).toList();
        notEnded.add(next);
        if (notEnded.size() > CONNECTIONS_MAX) {
            notEnded.remove(notEnded.iterator().next());
        }
        return givenUp;
    }

    private void end(ServerConnection earlier, RedisCommand<Long> kill, RedisConnection next) {
        var unused = next.sendReserved(kill).whenComplete((killed, failure) -> {
            if (failure == null || ExceptionTranslator.isRefusal(failure)) {
                synchronized (this) {
                    notEnded.remove(earlier);
                }
            }
            reportIfRefused(failure);
        });
    }

    private void reportIfRefused(@Nullable Throwable failure) {
        // The end of the connection is no refusal: the next one sends the commands again.
        if (failure == null || !ExceptionTranslator.isRefusal(failure)) {
            return;
        }
        synchronized (this) {
            if (reported) {
                return;
            }
            reported = true;
        }
        if (connections.isNew("client")) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Redis at {0} refuses CLIENT INFO or CLIENT KILL ({1}): a change that is delivered late, after an"
                            + " outage, may replace a later one; allow both commands for this user",
                    connections.server(),
                    ExceptionTranslator.describe(failure));
        }
    }
}
