package io.github.tieredjcache.faults;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Rows;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/** A Redis, a node that reaches it through a network that may be bad, another that reaches it well, and their table. */
final class FaultSite implements AutoCloseable {
    static final String NAME = "faults";
    static final String KEY = "key";
    /** So long that what is to happen happens before, on a busy machine too. */
    private static final Duration PATIENT = Duration.ofSeconds(5);

    final RedisServer redis;
    final FaultProxy proxy;
    final Node hereNode;
    final Node thereNode;
    private final Node onlookerNode;
    final Rows rows = new Rows();

    FaultSite(String... arguments) {
        redis = RedisServer.startLocal(arguments);
        proxy = FaultProxy.inFrontOf(redis);
        hereNode = new Node(proxy.uri());
        thereNode = new Node(redis);
        onlookerNode = new Node(redis);
    }

    /** Returns the cache of the node behind the proxy. */
    Cache<String, String> here(OutagePolicy policy) {
        return here(policy, settings -> settings);
    }

    Cache<String, String> here(OutagePolicy policy, UnaryOperator<TieredConfiguration.Builder<String, String>> more) {
        return cache(hereNode, policy, more);
    }

    /** Returns the cache of the other node. */
    Cache<String, String> there() {
        return there(settings -> settings);
    }

    Cache<String, String> there(UnaryOperator<TieredConfiguration.Builder<String, String>> more) {
        return cache(thereNode, OutagePolicy.FAIL, more);
    }

    /** Returns the cache of a third node, which has neither loader nor writer. */
    Cache<String, String> onlooker(UnaryOperator<TieredConfiguration.Builder<String, String>> more) {
        return cache(onlookerNode, OutagePolicy.FAIL, more);
    }

    private static Cache<String, String> cache(
            Node node, OutagePolicy policy, UnaryOperator<TieredConfiguration.Builder<String, String>> more) {
        return node.cache(
                NAME,
                String.class,
                String.class,
                settings -> more.apply(
                        settings.commandTimeout(PATIENT).outagePolicy(policy).statistics(true)));
    }

    /** Has a cache read and write through the table. */
    TieredConfiguration.Builder<String, String> through(TieredConfiguration.Builder<String, String> settings) {
        return settings.readThrough(() -> rows).writeThrough(() -> rows);
    }

    String redisKey() {
        return redisKey(KEY);
    }

    String redisKey(String key) {
        return EntryKeys.redisKey(redis, NAME, key);
    }

    boolean isInRedis(String key) {
        return redis.number("EXISTS", redisKey(key)) == 1;
    }

    /** Breaks the connection of the node behind the proxy, and lets it make no other; returns when the node knows. */
    void cutOff(Cache<?, ?> cache) {
        proxy.refuse();
        proxy.reset();
        untilAway(cache);
    }

    /** Ends what {@link #cutOff} began; returns when Redis has forgotten what it has missed. */
    void heal(Cache<?, ?> cache) {
        proxy.accept();
        untilSettled(cache);
    }

    static void untilAway(Cache<?, ?> cache) {
        Crew.until(() -> tiers(cache).isRemoteUnavailable());
    }

    static void untilSettled(Cache<?, ?> cache) {
        Crew.until(() -> !tiers(cache).isRemoteUnavailable() && tiers(cache).journaledKeys() == 0);
    }

    static TierStatistics tiers(Cache<?, ?> cache) {
        return cache.unwrap(TierStatistics.class);
    }

    /** Returns a number of JCache's own statistics. */
    static long counted(Cache<?, ?> cache, String attribute) {
        String manager = cache.getCacheManager().getURI().toString().replaceAll("[,:=\n\r*?\"]", ".");
        try {
            return (Long) ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(
                            new ObjectName("javax.cache:type=CacheStatistics,CacheManager=" + manager + ",Cache="
                                    + cache.getName()),
                            attribute);
        } catch (JMException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns what an operation throws, null if it succeeds. */
    static @Nullable CacheException thrown(Runnable operation) {
        try {
            operation.run();
            return null;
        } catch (CacheException e) {
            return e;
        }
    }

    static boolean succeeds(Runnable operation) {
        return thrown(operation) == null;
    }

    @Override
    public void close() {
        hereNode.close();
        thereNode.close();
        onlookerNode.close();
        proxy.close();
        redis.close();
    }
}
