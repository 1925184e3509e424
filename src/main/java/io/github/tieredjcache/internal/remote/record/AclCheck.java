package io.github.tieredjcache.internal.remote.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.connection.ExceptionTranslator;
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
 * Whether the user of a Redis may do what caches need, asked once, command by command and in a way that changes nothing: or a
 * cache would find out one operation after the other, and each in its own words.
 *
 * <p>Safe for use by many threads.
 */
final class AclCheck {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.remote");
    private static final String START = "0";
    private static final String KEYS = "its keys";
    /** What ends an attempt to connect, if it is a command that a connection begins with. */
    private static final Pattern REFUSED = Pattern.compile("NOPERM .*'([\\w|]+)' command");

    private final CommandExecutor executor;
    private final KeySpace space;
    private final String namespace;
    private volatile boolean known;

    AclCheck(CommandExecutor executor, KeySpace space, String namespace) {
        this.executor = executor;
        this.space = space;
        this.namespace = namespace;
    }

    /**
     * Asks, if it is not known.
     *
     * @throws CacheException if something is missing
     */
    void require() {
        String missing = missing();
        if (missing != null) {
            throw new CacheException(missing);
        }
    }

    /** As {@link #require}, for one who can do nothing about it but say so. */
    void look() {
        String missing = missing();
        if (missing != null) {
            LOG.log(System.Logger.Level.ERROR, missing);
        }
    }

    /** Returns what is wrong, once; null if nothing is, or if Redis cannot be asked. */
    private @Nullable String missing() {
        if (known) {
            return null;
        }
        ConcurrentLinkedQueue<String> refused = new ConcurrentLinkedQueue<>();
        try {
            ask(refused);
        } catch (CacheException e) {
            Matcher unconnected = REFUSED.matcher(String.valueOf(e.getMessage()));
            if (!unconnected.find()) {
                // It is away, which is none of our business.
                return null;
            }
            refused.add(unconnected.group(1).toUpperCase(Locale.ROOT));
        }
        known = true;
        return refused.isEmpty() ? null : told(new TreeSet<>(refused));
    }

    private void ask(ConcurrentLinkedQueue<String> refused) {
        List<byte[]> key = List.of(space.probeKey());
        RedisCommand<List<@Nullable Object>> script = RedisCommand.permissions(space);
        List<CompletableFuture<?>> answers = new ArrayList<>();
        Stream.of(
                        RedisCommand.get(space.probeKey()),
                        RedisCommand.head(space.probeKey(), 1),
                        RedisCommand.setIfPresent(space.probeKey()),
                        RedisCommand.touch(key),
                        RedisCommand.unlink(key),
                        RedisCommand.scan(START, space.pattern(), 1),
                        RedisCommand.time())
                .map(each -> sent(each, refused))
                .forEach(answers::add);
        for (RedisCommand<List<@Nullable Object>> each : List.of(script, withText(script))) {
            answers.add(sent(each, refused).thenAccept(names -> inScripts(names, refused)));
        }
        var unused = executor.await(CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new)));
    }

    private <T> CompletableFuture<@Nullable T> sent(RedisCommand<T> command, ConcurrentLinkedQueue<String> refused) {
        CompletableFuture<@Nullable T> answered = new CompletableFuture<>();
        executor.send(command, (answer, failure) -> {
            if (failure == null) {
                answered.complete(answer);
            } else if (ExceptionTranslator.isAccessDenied(failure)) {
                refused.add(ExceptionTranslator.isOfKeys(failure) ? KEYS : command.name());
                answered.complete(null);
            } else {
                answered.completeExceptionally(failure);
            }
        });
        return answered;
    }

    private static void inScripts(@Nullable List<@Nullable Object> names, ConcurrentLinkedQueue<String> refused) {
        if (names != null) {
            for (Object each : names) {
                if (each instanceof byte[] name) {
                    refused.add(new String(name, US_ASCII));
                }
            }
        }
    }

    private String told(Set<String> refused) {
        boolean ofKeys = refused.remove(KEYS);
        String keys = ofKeys ? "~" + (executor.address().isOfCluster() ? "{" : "") + namespace + ":* " : "";
        String commands = refused.stream()
                .map(each -> "+" + each.toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" "));
        return "Redis at " + executor.address() + " does not let this user "
                + (ofKeys ? "use keys of the namespace '" + namespace + "'" : "")
                + (ofKeys && !refused.isEmpty() ? " and " : "")
                + (refused.isEmpty() ? "" : "run " + String.join(", ", refused))
                + ", which caches need; allow it, and what else the page 'Redis' of the documentation lists: ACL SETUSER <user> "
                + (keys + commands).strip();
    }

    private static <T> RedisCommand<T> withText(RedisCommand<T> script) {
        RedisCommand<T> withText = script.withText();
        return withText == null ? script : withText;
    }
}
