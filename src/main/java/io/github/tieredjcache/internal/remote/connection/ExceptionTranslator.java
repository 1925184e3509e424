package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteOutOfMemoryException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.RemoteUnavailableException.Kind;
import io.github.tieredjcache.internal.port.InterruptedChangeException;
import io.github.tieredjcache.internal.support.Libraries;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import java.io.Serial;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Translates exceptions of Lettuce to those of this project. No exception of Lettuce passes beyond it.
 *
 * @param address named in every message
 */
public record ExceptionTranslator(RedisAddress address) {
    // Lettuce has no exception types for commands that it refuses before it sends them. UnsentCommandsIT shows that
    // these are its messages.
    private static final List<String> NOT_CONNECTED = List.of("Currently not connected", "Connection is closed");

    private static final List<String> QUEUE_FULL =
            List.of("Request queue size exceeded", "Command buffer size exceeded");

    /** The errors with which a cluster node refuses a command before it changes anything. */
    private static final List<String> REDIRECTIONS = List.of("MOVED ", "ASK ", "TRYAGAIN", "CLUSTERDOWN");

    /**
     * The error with which a cluster node ends a script that reads a key after its removal, while the slot is being
     * migrated; earlier changes of the script stay.
     */
    private static final String PARTLY_EXECUTED = "non local key";

    /**
     * Returns the exception for a command that failed.
     *
     * @param mutates whether the outcome of a change is unknown if the reply was lost
     */
    CacheException translate(Throwable failure, boolean mutates) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof CacheException known) {
            return known;
        }
        if (isReplicaRefusal(cause)) {
            return new DemotedException(
                    "Redis at " + address + " is a replica, not the master any more: " + describe(cause));
        }
        if (isRedirection(cause)) {
            return new DemotedException("Redis at " + address + ": " + describeRedirection(describe(cause)));
        }
        if (cause instanceof RedisCommandExecutionException) {
            return mutates && describe(cause).contains(PARTLY_EXECUTED)
                    ? new OutcomeUnknownException(
                            Kind.REFUSAL,
                            "Redis at " + address + " has executed a change in part while its slot was migrated: "
                                    + describe(cause),
                            null)
                    : refusal(describe(cause));
        }
        String message = "Redis at " + address + " could not be reached: " + describe(cause);
        boolean notConnected = startsWithOneOf(NOT_CONNECTED, cause);
        return mutates && !notConnected && !startsWithOneOf(QUEUE_FULL, cause)
                ? new OutcomeUnknownException(
                        Kind.CONNECTION,
                        "the connection to Redis at " + address
                                + " was lost before the reply to a change arrived, so the outcome of the change is unknown: "
                                + describe(cause),
                        foreignCause(cause))
                : new ConnectionLostException(message, foreignCause(cause), notConnected);
    }

    /** Returns the exception for a reply that did not arrive in time. */
    CacheException timedOut(Duration waited, boolean mutates) {
        String message = "Redis at " + address + " did not answer within " + waited.toMillis() + " ms";
        return mutates
                ? new OutcomeUnknownException(Kind.TIMEOUT, message + ", so the outcome of the change is unknown", null)
                : new RemoteUnavailableException(Kind.TIMEOUT, message, null);
    }

    /**
     * Returns the exception for a thread that was interrupted while it waited; the caller keeps the interrupt flag.
     *
     * @param mutates whether a change was sent, so that its outcome is unknown
     */
    CacheException interrupted(boolean mutates) {
        String message = "interrupted while waiting for Redis at " + address;
        return mutates
                ? new InterruptedChangeException(message + ", so the outcome of the change is unknown", null)
                : new CacheException(message);
    }

    /** Returns the exception for several changes of which some were made and the others failed. */
    RemoteUnavailableException partlyDone(CacheException failure) {
        return failure instanceof OutcomeUnknownException unknown
                ? unknown
                : new OutcomeUnknownException(
                        failure instanceof RemoteUnavailableException known ? known.kind() : Kind.REFUSAL,
                        "some of the changes were made, others failed: " + failure.getMessage(),
                        failure);
    }

    RemoteUnavailableException notConnected(String reason) {
        return new RemoteUnavailableException(
                Kind.CONNECTION, "no connection to Redis at " + address + ": " + reason, null);
    }

    RemoteUnavailableException unavailable(long sinceMillis, String reason) {
        return new RemoteUnavailableException(
                Kind.UNAVAILABLE,
                "Redis at " + address + " has been unavailable for " + sinceMillis + " ms: " + reason,
                null);
    }

    CacheException closed() {
        return new CacheException("the client of Redis at " + address + " is closed");
    }

    /** Returns a one-line description of a failure, without credentials and data. */
    static String describe(Throwable failure) {
        Throwable cause = root(unwrapped(failure));
        String ofTls = TlsFailures.describe(failure, cause);
        if (ofTls != null) {
            return ofTls;
        }
        if (cause instanceof LinkageError error) {
            return Libraries.describe(error);
        }
        if (cause instanceof ReflectiveOperationException) {
            // The message is only the name of a class or method; the exception type states that it is missing.
            return cause.toString();
        }
        String known = KnownFailures.describe(failure, cause);
        if (known != null) {
            return known;
        }
        String message = cause.getMessage();
        if (message == null) {
            return cause.getClass().getSimpleName();
        }
        // Redis repeats the arguments of a command that it does not know.
        int arguments = message.indexOf("with args beginning");
        return arguments < 0 ? message : message.substring(0, arguments).strip();
    }

    static boolean isUnknownScript(Throwable failure) {
        return unwrapped(failure) instanceof RedisNoScriptException;
    }

    /** Returns whether the server replied with an error. */
    public static boolean isRefusal(Throwable failure) {
        return unwrapped(failure) instanceof RedisCommandExecutionException;
    }

    /** Returns whether the ACL of the server denied the command, which says nothing about the health of the server. */
    public static boolean isAccessDenied(Throwable failure) {
        return isRefusal(failure) && describe(failure).startsWith("NOPERM");
    }

    /** Returns whether the server replied that it is a replica, so that nothing was changed. */
    static boolean isReplicaRefusal(Throwable failure) {
        // Redis before 7.0 puts a prefix before an error that a script has received.
        return isRefusal(failure)
                && (describe(failure).contains("READONLY You can't write")
                        || describe(failure).startsWith("MASTERDOWN"));
    }

    /**
     * Returns whether the server refused the command, and changed nothing, because it is a replica, or because it is a
     * cluster node that does not serve the hash slot, or not all of it while the slot is being migrated to another
     * node.
     */
    public static boolean isRedirection(Throwable failure) {
        if (!isRefusal(failure)) {
            return false;
        }
        String reply = describe(failure);
        return isReplicaRefusal(failure) || REDIRECTIONS.stream().anyMatch(reply::startsWith);
    }

    /**
     * Returns whether the server replied that the hash slot has moved or is being migrated, which is over soon as a
     * rule.
     */
    static boolean isSlotMigrating(Throwable failure) {
        return isRedirection(failure)
                && !isReplicaRefusal(failure)
                && !describe(failure).startsWith("CLUSTERDOWN");
    }

    /** Returns why there is no connection, as {@link #describe}; tells what a redirection means. */
    static String describeOutage(Throwable failure) {
        return isRedirection(failure) ? describeRedirection(describe(failure)) : describe(failure);
    }

    private static String describeRedirection(String reply) {
        String state = reply.startsWith("MOVED")
                ? "has moved to another node"
                : reply.startsWith("CLUSTERDOWN") ? "is served by no node" : "is being migrated to another node";
        return "the hash slot of the cache " + state + ": " + reply;
    }

    /** Returns the exception for a server that cannot be used. */
    RemoteUnavailableException unusable(ServerHandshake.UnusableReason reason) {
        return new UnusableException(
                reason.text() + (reason.isLasting() ? " (redis.uri is " + address.uri() + ")" : ""),
                reason.isLasting());
    }

    /** Returns whether the ACL of the server denied access to keys, not the command. */
    public static boolean isKeyAccessDenied(Throwable failure) {
        return isAccessDenied(failure) && describe(failure).contains("access");
    }

    private CacheException refusal(String reply) {
        if (reply.startsWith("WRONGTYPE")) {
            return new ForeignTypeException(reply);
        }
        if (reply.contains("OOM command not allowed")) {
            return new RemoteOutOfMemoryException("Redis at " + address
                    + " is out of memory and stored nothing; raise its maxmemory or give it an eviction policy");
        }
        return new RemoteUnavailableException(
                Kind.REFUSAL, "Redis at " + address + " refused a command: " + reply, null);
    }

    private static boolean startsWithOneOf(List<String> beginnings, Throwable cause) {
        String message = cause.getMessage();
        return message != null && beginnings.stream().anyMatch(message::startsWith);
    }

    private static @Nullable Throwable foreignCause(Throwable failure) {
        Throwable cause = root(failure);
        return cause.getClass().getName().startsWith("io.lettuce.") ? null : cause;
    }

    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause != null && (failure instanceof CompletionException || failure instanceof ExecutionException)
                ? unwrapped(cause)
                : failure;
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : root(cause);
    }

    /** The key holds another Redis type than the one this library uses, so its value belongs to somebody else. */
    public static final class ForeignTypeException extends CacheException {
        @Serial
        private static final long serialVersionUID = 1L;

        ForeignTypeException(String message) {
            super(message);
        }
    }

    /** There was no connection, or it was lost before a reply arrived, and nothing was changed: a retry may succeed. */
    public static final class ConnectionLostException extends RemoteUnavailableException {
        @Serial
        private static final long serialVersionUID = 1L;

        private final boolean unsent;

        ConnectionLostException(String message, @Nullable Throwable cause, boolean unsent) {
            super(Kind.CONNECTION, message, cause);
            this.unsent = unsent;
        }

        /**
         * Returns whether the connection had ended before the command was sent, so that the server has not received it.
         */
        boolean isUnsent() {
            return unsent;
        }
    }

    /**
     * The server no longer serves the keys of the connection: it has become a replica, or a cluster node that the hash
     * slot has left. Nothing was changed.
     */
    public static final class DemotedException extends RemoteUnavailableException {
        @Serial
        private static final long serialVersionUID = 1L;

        DemotedException(String message) {
            super(Kind.REFUSAL, message, null);
        }
    }

    /** The server replies, but cannot be used. */
    static final class UnusableException extends RemoteUnavailableException {
        @Serial
        private static final long serialVersionUID = 1L;

        private final boolean lasting;

        UnusableException(String message, boolean lasting) {
            super(Kind.REFUSAL, message, null);
            this.lasting = lasting;
        }

        /** Returns whether the server stays unusable until its configuration, or that of the cache, changes. */
        boolean isLasting() {
            return lasting;
        }
    }
}
