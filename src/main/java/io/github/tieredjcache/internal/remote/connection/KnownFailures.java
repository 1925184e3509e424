package io.github.tieredjcache.internal.remote.connection;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Describes failures to connect that have a usual cause, with the cure. */
final class KnownFailures {
    /** Replies of a server, by a part of their text. */
    private static final List<Known> REPLIES = List.of(
            new Known(
                    "NOAUTH",
                    "NOAUTH: the server requires a password; add it to redis.uri, like redis://user:password@host:6379"),
            new Known(
                    "WRONGPASS",
                    "WRONGPASS: user or password is wrong, or the user is disabled; correct redis.uri, or what"
                            + " redisPassword returns"),
            new Known(
                    "DB index is out of range",
                    "the server has no database of this number; correct the number at the end of redis.uri"),
            new Known("SELECT is not allowed in cluster mode", ServerHandshake.UnusableReason.CLUSTER.text()),
            new Known("unknown command `HELLO`", ServerHandshake.UnusableReason.TOO_OLD.text()),
            new Known("unknown command 'HELLO'", ServerHandshake.UnusableReason.TOO_OLD.text()),
            new Known("NOPROTO", ServerHandshake.UnusableReason.TOO_OLD.text()),
            new Known(
                    "No such master with that name",
                    "the sentinels watch no master of this name; correct it in redis.uri"));

    private KnownFailures() {}

    private record Known(String part, String description) {}

    /** Returns the description of a failure of the first connection, of which another description is given. */
    static String describeFirst(String described) {
        return described.startsWith("Connection reset") || described.equals("Connection closed prematurely")
                ? described + "; if the server expects TLS on this port, begin redis.uri with rediss://"
                : described;
    }

    /** Returns the description of a failure, of which the root cause is given; null if it is not known. */
    static @Nullable String describe(Throwable failure, Throwable root) {
        String message = String.valueOf(root.getMessage());
        if (isUnknownHost(failure)) {
            return "the host name cannot be resolved (" + message
                    + "); correct it in redis.uri, or check the DNS of this machine";
        }
        if (root instanceof ConnectException) {
            return message + "; check that Redis runs there, and the port in redis.uri";
        }
        return REPLIES.stream()
                .filter(each -> message.contains(each.part))
                .map(Known::description)
                .findFirst()
                .orElse(null);
    }

    /** Returns whether the host name is unknown; the resolver of Netty has a root cause of its own. */
    private static boolean isUnknownHost(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }
}
