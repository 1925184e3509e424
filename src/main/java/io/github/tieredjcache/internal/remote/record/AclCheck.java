package io.github.tieredjcache.internal.remote.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.connection.ExceptionTranslator;
import io.github.tieredjcache.internal.remote.wire.CacheCommands;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Checks once that the Redis user has the permissions that caches need, by commands that change nothing. Without the
 * check, a missing permission would show only when the first operation needs it.
 *
 * <p>Safe for use by many threads.
 */
final class AclCheck {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.remote");
    private static final String START = "0";
    private static final String KEYS = "its keys";
    /** The error that ends a connection attempt if a command of the handshake is refused. */
    private static final Pattern REFUSED_COMMAND = Pattern.compile("NOPERM .*'([\\w|]+)' command");

    private final CommandExecutor executor;
    private final KeySpace space;
    private final String namespace;
    private volatile boolean checked;

    AclCheck(CommandExecutor executor, KeySpace space, String namespace) {
        this.executor = executor;
        this.space = space;
        this.namespace = namespace;
    }

    /**
     * Checks the permissions, unless that was done before.
     *
     * @throws CacheException if a permission is missing
     */
    void require() {
        String missing = missing();
        if (missing != null) {
            throw new CacheException(missing);
        }
    }

    /** Checks as {@link #require}, but logs an error instead of throwing. */
    void logMissing() {
        String missing = missing();
        if (missing != null) {
            LOG.log(System.Logger.Level.ERROR, missing);
        }
    }

    /** Returns the message about missing permissions, once; null if none is missing, or if Redis is unavailable. */
    private @Nullable String missing() {
        if (checked) {
            return null;
        }
        ConcurrentLinkedQueue<String> refused = new ConcurrentLinkedQueue<>();
        try {
            check(refused);
        } catch (CacheException e) {
            Matcher matcher = REFUSED_COMMAND.matcher(String.valueOf(e.getMessage()));
            if (!matcher.find()) {
                // Redis is unavailable; the next call checks.
                return null;
            }
            refused.add(matcher.group(1).toUpperCase(Locale.ROOT));
        }
        checked = true;
        return refused.isEmpty() ? null : message(new TreeSet<>(refused));
    }

    private void check(ConcurrentLinkedQueue<String> refused) {
        List<byte[]> key = List.of(space.probeKey());
        RedisCommand<List<@Nullable Object>> script = CacheCommands.permissions(space);
        List<CompletableFuture<?>> replies = new ArrayList<>();
        Stream.of(
                        RedisCommand.get(space.probeKey()),
                        RedisCommand.head(space.probeKey(), 1),
                        RedisCommand.values(key),
                        RedisCommand.setIfPresent(space.probeKey()),
                        RedisCommand.touch(key),
                        RedisCommand.unlink(key),
                        RedisCommand.scan(START, space.pattern(), 1),
                        RedisCommand.time())
                .map(each -> send(each, refused))
                .forEach(replies::add);
        for (RedisCommand<List<@Nullable Object>> each : List.of(script, withText(script))) {
            replies.add(send(each, refused).thenAccept(names -> addRefusedInScripts(names, refused)));
        }
        var unused = executor.await(CompletableFuture.allOf(replies.toArray(CompletableFuture<?>[]::new)));
    }

    private <T> CompletableFuture<@Nullable T> send(RedisCommand<T> command, ConcurrentLinkedQueue<String> refused) {
        CompletableFuture<@Nullable T> result = new CompletableFuture<>();
        executor.send(command, (reply, failure) -> {
            if (failure == null) {
                result.complete(reply);
            } else if (ExceptionTranslator.isAccessDenied(failure)) {
                refused.add(ExceptionTranslator.isKeyAccessDenied(failure) ? KEYS : command.name());
                result.complete(null);
            } else {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    private static void addRefusedInScripts(
            @Nullable List<@Nullable Object> names, ConcurrentLinkedQueue<String> refused) {
        if (names != null) {
            for (Object each : names) {
                if (each instanceof byte[] name) {
                    refused.add(new String(name, US_ASCII));
                }
            }
        }
    }

    private String message(Set<String> refused) {
        boolean keysRefused = refused.remove(KEYS);
        String keys = keysRefused
                ? "~" + KeySpace.namespacePattern(namespace, executor.address().isCluster()) + " "
                : "";
        String commands = refused.stream()
                .map(each -> "+" + each.toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" "));
        return "Redis at " + executor.address() + " does not let this user "
                + (keysRefused ? "use keys of the namespace '" + namespace + "'" : "")
                + (keysRefused && !refused.isEmpty() ? " and " : "")
                + (refused.isEmpty() ? "" : "run " + String.join(", ", refused))
                + ", which caches need; allow that, and the other permissions on the page 'Redis' of the documentation:"
                + " ACL SETUSER <user> "
                + (keys + commands).strip();
    }

    private static <T> RedisCommand<T> withText(RedisCommand<T> script) {
        RedisCommand<T> withText = script.withText();
        return withText == null ? script : withText;
    }
}
