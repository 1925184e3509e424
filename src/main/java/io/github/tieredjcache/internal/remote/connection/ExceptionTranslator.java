package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.port.InterruptedChangeException;
import io.github.tieredjcache.internal.port.OutcomeUnknownException;
import io.github.tieredjcache.internal.port.RemoteOutOfMemoryException;
import io.github.tieredjcache.internal.port.RemoteUnavailableException;
import io.github.tieredjcache.internal.port.RemoteUnavailableException.Kind;
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
 * What went wrong with Redis, in the words of this project. Lettuce's exceptions end here.
 *
 * @param place named in every message
 */
public record ExceptionTranslator(RedisAddress address) {
    // Lettuce has no types for what it refuses before it sends anything; UnsentCommandsIT shows that these are its
    // texts.
    private static final List<String> NOT_CONNECTED = List.of("Currently not connected", "Connection is closed");

    private static final List<String> QUEUE_FULL = List.of("Request queue size exceeded", "Command buffer size exceeded");

    /** What a node of a cluster answers before it does anything. */
    private static final List<String> REDIRECTIONS = List.of("MOVED ", "ASK ", "TRYAGAIN", "CLUSTERDOWN");

    /** Returns the exception for an answer that failed; {@code mutates} tells whether a change is in doubt. */
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
            return refusal(describe(cause));
        }
        String what = "Redis at " + address + " could not be asked: " + describe(cause);
        boolean notConnected = startsWithOneOf(NOT_CONNECTED, cause);
        return mutates && !notConnected && !startsWithOneOf(QUEUE_FULL, cause)
                ? new OutcomeUnknownException(
                        Kind.CONNECTION,
                        "the connection to Redis at " + address
                                + " ended before the answer to a change came, so its outcome is" + " unknown: "
                                + describe(cause),
                        foreignCause(cause))
                : new ConnectionLostException(what, foreignCause(cause), notConnected);
    }

    /** Returns the exception for an answer that did not come in time. */
    CacheException timedOut(Duration waited, boolean mutates) {
        String what = "Redis at " + address + " did not answer within " + waited.toMillis() + " ms";
        return mutates
                ? new OutcomeUnknownException(Kind.TIMEOUT, what + ", so the outcome of the change is unknown", null)
                : new RemoteUnavailableException(Kind.TIMEOUT, what, null);
    }

    /**
     * Returns the exception for a thread that was interrupted while it waited; the caller keeps the flag.
     *
     * @param mutates whether a change was sent and is in doubt
     */
    CacheException interrupted(boolean mutates) {
        String what = "interrupted while waiting for Redis at " + address;
        return mutates
                ? new InterruptedChangeException(what + ", so the outcome of the change is unknown", null)
                : new CacheException(what);
    }

    /** Returns the exception for changes of which some were made when the others failed. */
    OutcomeUnknownException partlyDone(int done, int all, RemoteUnavailableException failure) {
        return new OutcomeUnknownException(
                failure.kind(),
                done + " of " + all + " changes were made, others not: " + failure.getMessage(),
                failure);
    }

    RemoteUnavailableException notConnected(String why) {
        return new RemoteUnavailableException(Kind.CONNECTION, "no connection to Redis at " + address + ": " + why, null);
    }

    RemoteUnavailableException unavailable(long sinceMillis, String why) {
        return new RemoteUnavailableException(
                Kind.AWAY, "Redis at " + address + " is away since " + sinceMillis + " ms: " + why, null);
    }

    CacheException closed() {
        return new CacheException("the client of Redis at " + address + " is closed");
    }

    /** Returns what happened in one line that holds no credentials and no data. */
    static String describe(Throwable failure) {
        Throwable cause = root(unwrapped(failure));
        String ofTls = TlsFailures.describe(failure, cause);
        if (ofTls != null) {
            return ofTls;
        }
        if (cause instanceof LinkageError || cause instanceof ReflectiveOperationException) {
            // The message is the name of a class or method only; that it is missing is said by the type.
            return cause.toString();
        }
        String message = cause.getMessage();
        if (message == null) {
            return cause.getClass().getSimpleName();
        }
        // Redis repeats the arguments of a command that it does not understand.
        int arguments = message.indexOf("with args beginning");
        return arguments < 0 ? message : message.substring(0, arguments).strip();
    }

    static boolean isUnknownScript(Throwable failure) {
        return unwrapped(failure) instanceof RedisNoScriptException;
    }

    /** Returns whether the server answered, and said no. */
    public static boolean isRefusal(Throwable failure) {
        return unwrapped(failure) instanceof RedisCommandExecutionException;
    }

    /** Returns whether the server answered that its user may not do this, which says nothing of its health. */
    public static boolean isAccessDenied(Throwable failure) {
        return isRefusal(failure) && describe(failure).startsWith("NOPERM");
    }

    /** Returns whether the server answered that it is a replica, so that nothing was changed. */
    static boolean isReplicaRefusal(Throwable failure) {
        // Redis before 7.0 puts what a script was answered behind words of its own.
        return isRefusal(failure)
                && (describe(failure).contains("READONLY You can't write")
                        || describe(failure).startsWith("MASTERDOWN"));
    }

    /**
     * Returns whether the server answered that it must not or cannot do this, and changed nothing, because it is a replica, or
     * because it is a node of a cluster that does not serve the slot, or not all of it while that is on its way to another node.
     */
    public static boolean isRedirection(Throwable failure) {
        if (!isRefusal(failure)) {
            return false;
        }
        String reply = describe(failure);
        return isReplicaRefusal(failure) || REDIRECTIONS.stream().anyMatch(reply::startsWith);
    }

    /** Returns whether the server answered that the slot is elsewhere, or on its way: soon it has arrived, as a rule. */
    static boolean isSlotMigrating(Throwable failure) {
        return isRedirection(failure)
                && !isReplicaRefusal(failure)
                && !describe(failure).startsWith("CLUSTERDOWN");
    }

    /** Returns in words what such an answer means, and the answer. */
    static String describeRedirection(String reply) {
        String what = reply.startsWith("MOVED")
                ? "has moved to another node"
                : reply.startsWith("CLUSTERDOWN") ? "is served by no node" : "is on its way to another node";
        return "the hash slot of the cache " + what + ": " + reply;
    }

    /** Returns the exception for a server that cannot be used. */
    RemoteUnavailableException unusable(ServerHandshake.UnusableReason reason) {
        return new UnusableException(
                reason.text() + (reason.isLasting() ? " (redis.uri is " + address.uri() + ")" : ""),
                reason.isLasting());
    }

    /** Returns whether it said so of keys, whatever is done with them. */
    public static boolean isOfKeys(Throwable failure) {
        return isAccessDenied(failure) && describe(failure).contains("access");
    }

    private CacheException refusal(String reply) {
        if (reply.startsWith("WRONGTYPE")) {
            return new ForeignTypeException(reply);
        }
        if (reply.contains("OOM command not allowed")) {
            return new RemoteOutOfMemoryException("Redis at " + address
                    + " is out of memory and stored nothing; raise its maxmemory or give" + " it an eviction policy");
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

    /** The key holds another Redis type than ours; not ours to read. */
    public static final class ForeignTypeException extends CacheException {
        @Serial
        private static final long serialVersionUID = 1L;

        ForeignTypeException(String message) {
            super(message);
        }
    }

    /** The connection was not there, or ended before an answer came, and nothing was changed: worth another attempt. */
    public static final class ConnectionLostException extends RemoteUnavailableException {
        @Serial
        private static final long serialVersionUID = 1L;

        private final boolean unsent;

        ConnectionLostException(String message, @Nullable Throwable cause, boolean unsent) {
            super(Kind.CONNECTION, message, cause);
            this.unsent = unsent;
        }

        /** Returns whether the connection had ended before the command was sent, so that the server has not seen it. */
        boolean isUnsent() {
            return unsent;
        }
    }

    /**
     * The server was the right one when the connection was made, and is not now: a replica, or a node of a cluster that a slot has
     * left. Nothing was changed.
     */
    public static final class DemotedException extends RemoteUnavailableException {
        @Serial
        private static final long serialVersionUID = 1L;

        DemotedException(String message) {
            super(Kind.REFUSAL, message, null);
        }
    }

    /** The server answers, and cannot be used. */
    static final class UnusableException extends RemoteUnavailableException {
        @Serial
        private static final long serialVersionUID = 1L;

        private final boolean lasting;

        UnusableException(String message, boolean lasting) {
            super(Kind.REFUSAL, message, null);
            this.lasting = lasting;
        }

        /** Returns whether somebody must change something before it can be used. */
        boolean isLasting() {
            return lasting;
        }
    }
}
