package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.internal.framework.FrameworkCaches;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.model.Versions;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.source.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Logs the tiers of each cache at its start, and warns of settings without an effect. A setting that several caches of
 * a manager have from a common source is reported once. Safe for use by many threads.
 */
final class StartLog {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.cache");

    private final Set<List<String>> reported = ConcurrentHashMap.newKeySet();

    /**
     * Logs the start of a cache.
     *
     * @param executor the client of Redis; null without Redis
     * @param versions has the number of this node
     */
    void started(
            String cacheName,
            TieredConfiguration<?, ?> configuration,
            @Nullable CommandExecutor executor,
            Versions versions,
            Expiry expiry,
            Source<?, ?> source) {
        TieredSettings settings = configuration.settings();
        LOG.log(
                System.Logger.Level.INFO,
                "cache ''{0}'' has started: {1}; {2}; expiry {3}; {4}",
                cacheName,
                near(settings),
                executor == null
                        ? noRedis(settings)
                        : remote(executor, settings) + "; " + node(versions.node(), settings),
                expiry,
                source);
        warnOfNoEffect(cacheName, configuration);
    }

    /** Warns of settings that have no effect because the cache has no loader or no Redis. */
    void warnOfNoEffect(String cacheName, TieredConfiguration<?, ?> configuration) {
        warnOfMissingLoader(cacheName, configuration);
        warnOfMissingRedis(cacheName, configuration);
    }

    private static String near(TieredSettings settings) {
        TieredSetting<?> bound = settings.get(TieredSetting.NEAR_MAXIMUM_WEIGHT) == 0
                ? TieredSetting.NEAR_MAXIMUM_SIZE
                : TieredSetting.NEAR_MAXIMUM_WEIGHT;
        return bound + " " + bound.format(settings.get(bound));
    }

    private static String noRedis(TieredSettings settings) {
        return settings.isSet(TieredSetting.REDIS_URI) ? "no Redis" : "no Redis (redis.uri is not set)";
    }

    private static String remote(CommandExecutor executor, TieredSettings settings) {
        String state = executor.isTracking() ? "tracking on" : "tracking off";
        return "Redis at " + executor.address() + " ("
                + (executor.health().isUnavailable() ? "unavailable" : state) + ", " + TieredSetting.REDIS_URI
                + " from "
                + settings.origin(TieredSetting.REDIS_URI) + ")";
    }

    private static String node(long node, TieredSettings settings) {
        return "node " + NodeName.of(settings) + " (" + Version.nodeText(node) + ")";
    }

    private void warnOfMissingLoader(String cacheName, TieredConfiguration<?, ?> configuration) {
        if (configuration.getCacheLoaderFactory() != null) {
            return;
        }
        if (configuration.isReadThrough()) {
            warn(
                    List.of("read-through", cacheName),
                    "cache '" + cacheName
                            + "' has read-through on but no loader, so a miss returns null; set a loader, or"
                            + " switch read-through off");
        }
        TieredSettings settings = configuration.settings();
        List<String> idle = new ArrayList<>();
        if (!settings.get(TieredSetting.LOAD_STALE_FOR).isZero()) {
            idle.add(shown(TieredSetting.LOAD_STALE_FOR, settings));
        }
        if (settings.get(TieredSetting.LOAD_VERIFY_PER_MINUTE) != 0) {
            idle.add(shown(TieredSetting.LOAD_VERIFY_PER_MINUTE, settings));
        }
        if (!idle.isEmpty()) {
            warnOfNoEffect(cacheName, "no loader", List.copyOf(idle), "set a loader");
        }
    }

    /** Warns if no source sets the URI. An empty URI is intended to switch Redis off. */
    private void warnOfMissingRedis(String cacheName, TieredConfiguration<?, ?> configuration) {
        TieredSettings settings = configuration.settings();
        if (settings.isSet(TieredSetting.REDIS_URI)) {
            return;
        }
        Stream<String> password = configuration.factories().redisPassword() == null
                ? Stream.of()
                : Stream.of("redisPassword (the configuration)");
        List<String> idle = Stream.concat(
                        TieredSetting.all().stream()
                                .filter(each -> each.needsRedis() && isSet(each, settings))
                                .map(each -> shown(each, settings)),
                        password)
                .toList();
        if (!idle.isEmpty()) {
            warnOfNoEffect(cacheName, "no Redis", idle, "set redis.uri, empty for no Redis");
        }
    }

    /** Returns whether the application has set the setting, rather than this library for a framework. */
    private static boolean isSet(TieredSetting<?> setting, TieredSettings settings) {
        return settings.isSet(setting) && !settings.origin(setting).equals(FrameworkCaches.ORIGIN);
    }

    private static String shown(TieredSetting<?> setting, TieredSettings settings) {
        return setting + " (" + settings.origin(setting) + ")";
    }

    private void warnOfNoEffect(String cacheName, String reason, List<String> idle, String cure) {
        warn(
                idle,
                idle.stream()
                        .collect(Collectors.joining(
                                ", ",
                                "cache '" + cacheName + "' has " + reason + ", so these settings have no effect: ",
                                "; " + cure + ", or remove them")));
    }

    private void warn(List<String> subject, String message) {
        if (reported.add(subject)) {
            LOG.log(System.Logger.Level.WARNING, message);
        }
    }
}
