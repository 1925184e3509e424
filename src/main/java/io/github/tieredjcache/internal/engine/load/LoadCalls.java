package io.github.tieredjcache.internal.engine.load;

import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.engine.common.PendingNotifications;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.near.SingleFlight;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.internal.support.ThrottledLog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.cache.integration.CacheLoaderException;
import org.jspecify.annotations.Nullable;

/**
 * The calls of the loader for keys whose load is this caller's: with the timeouts of {@link LoadOptions}, and with
 * expired values in place of those that come too late or not at all.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class LoadCalls<K, V> {
    private final SingleFlights<K, FetchResult<V>> singleFlights;
    private final TierCounters counters;
    private final LoaderInvoker invoker;
    private final LoadOptions options;
    private final FillPath<K, V> fillPath;
    private final ThrottledLog staleServings;
    private final ThrottledLog detachedFailures;

    /** @param clock throttles logs */
    LoadCalls(EngineComponents<K, V> components, LoaderInvoker invoker, NanoClock clock) {
        this.singleFlights = components.singleFlights();
        this.counters = components.counters();
        this.invoker = invoker;
        this.options = invoker.options();
        this.fillPath = new FillPath<>(components, clock);
        System.Logger log = System.getLogger("io.github.tieredjcache.load");
        this.staleServings = new ThrottledLog(log, counters.cacheName(), clock);
        this.detachedFailures = new ThrottledLog(log, counters.cacheName(), clock);
    }

    /**
     * Calls the loader once and stores its values.
     *
     * @param loads the loads of the keys; their leases end with the call, which may outlive this one
     * @param loader returns the values of keys
     * @param replaces whether the values are stored over existing entries; then no expired value is served
     * @param notifications receives the notifications of listeners
     * @return the results by key, without the keys that the source lacks
     */
    Map<K, FetchResult<V>> load(
            Map<K, KeyLoad<K, V>> loads,
            Function<List<K>, Map<K, V>> loader,
            boolean replaces,
            PendingNotifications notifications) {
        LoadCall<K, V> call = new LoadCall<>(loads, singleFlights, detachedFailures);
        Supplier<Map<K, FetchResult<V>>> work = () -> call.run(() -> {
            Map<K, V> loaded = invoker.timed(() -> loader.apply(List.copyOf(loads.keySet())));
            return fillPath.keep(loaded, loads, call.notifications());
        });
        boolean mayBeStale = !replaces
                && loads.values().stream().allMatch(load -> load.grant().expired() != null);
        boolean isSoft = mayBeStale && options.hasSoftTimeout();
        try {
            Map<K, FetchResult<V>> results = isSoft || options.hasTimeout() ? await(call, work, isSoft) : work.get();
            if (results != null) {
                notifications.addAll(call.notifications());
                return results;
            }
        } catch (CacheLoaderException e) {
            if (!mayBeStale) {
                throw e;
            }
            staleServings.warn(
                    "expired values were served (load.stale-for) because the CacheLoader failed; check the "
                            + "CacheLoader: "
                            + e.getMessage(),
                    e);
        }
        Map<K, FetchResult<V>> stale = new HashMap<>();
        loads.forEach((key, load) ->
                stale.put(key, stale(Objects.requireNonNull(load.grant().expired()))));
        return stale;
    }

    /** Serves an expired entry. */
    FetchResult<V> stale(Entry<V> expired) {
        counters.servedStale();
        return FetchResult.expired(expired.value());
    }

    /** Returns the results; null if the call runs on detached. */
    private @Nullable Map<K, FetchResult<V>> await(
            LoadCall<K, V> call, Supplier<Map<K, FetchResult<V>>> work, boolean isSoft) {
        LoaderInvoker.RunningLoad<Map<K, FetchResult<V>>> load;
        try {
            load = invoker.begin(work);
        } catch (RuntimeException | Error e) {
            call.abandon(e);
            throw e;
        }
        SingleFlight<FetchResult<V>> any =
                call.loads().values().iterator().next().singleFlight();
        boolean ended = false;
        try {
            Map<K, FetchResult<V>> results = singleFlights.<@Nullable Map<K, FetchResult<V>>>whileWaitingFor(
                    any, () -> awaitEnd(call, load, isSoft));
            ended = true;
            return results;
        } finally {
            if (!ended) {
                // After an interruption, for one, the call runs on detached.
                call.detach();
            }
        }
    }

    private @Nullable Map<K, FetchResult<V>> awaitEnd(
            LoadCall<K, V> call, LoaderInvoker.RunningLoad<Map<K, FetchResult<V>>> load, boolean isSoft) {
        if (isSoft && !load.endsWithin(options.softTimeout()) && call.detach()) {
            call.loads().values().forEach(keyLoad -> keyLoad.singleFlight().outlastCompletion());
            return null;
        }
        // If the call could not be detached at the soft timeout, it has ended or is just ending.
        if (!load.endsWithin(options.timeout()) && call.detach()) {
            CacheLoaderException late = load.abandon();
            call.abandon(late);
            throw late;
        }
        return load.result();
    }
}
