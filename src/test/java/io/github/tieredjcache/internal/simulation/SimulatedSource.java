package io.github.tieredjcache.internal.simulation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;

/** The database of a simulation, with loader and writer of a node. Each load of a value has a number, which tells its values apart. */
final class SimulatedSource {
    private static final int FAILING_PER_THOUSAND = 30;

    private final World world;
    private final History history;
    private final Scenario scenario;
    private final Map<String, String> values = new TreeMap<>();
    private final Map<String, List<Frame>> loading = new HashMap<>();
    private int loads;

    SimulatedSource(World world, History history, Scenario scenario) {
        this.world = world;
        this.history = history;
        this.scenario = scenario;
        Scenario.KEYS.forEach(key -> values.put(key, "source-" + key));
    }

    String value(String key) {
        return values.get(key);
    }

    /** Returns the value that a loaded value is a copy of. */
    static String base(String value) {
        int end = value.indexOf('#');
        return end < 0 ? value : value.substring(0, end);
    }

    CacheLoader<String, String> loader(SimulatedNode node) {
        return !scenario.loads()
                ? null
                : new CacheLoader<>() {
                    @Override
                    public String load(String key) {
                        return SimulatedSource.this.load(node, key);
                    }

                    @Override
                    public Map<String, String> loadAll(Iterable<? extends String> keys) {
                        Map<String, String> loaded = new LinkedHashMap<>();
                        keys.forEach(key -> {
                            String value = SimulatedSource.this.load(node, key);
                            if (value != null) {
                                loaded.put(key, value);
                            }
                        });
                        return loaded;
                    }
                };
    }

    private String load(SimulatedNode node, String key) {
        Frame frame = world.frame();
        world.report.count("loads");
        checkAlone(frame, key);
        String read = values.get(key);
        String loaded = read == null ? null : base(read) + "#" + ++loads;
        if (loaded != null) {
            history.loaded(key, loaded);
            frame.loaded.add(loaded);
            node.loadedLocally.add(loaded);
        }
        List<Frame> all = loading.computeIfAbsent(key, each -> new ArrayList<>());
        all.add(frame);
        try {
            takeTime(node);
        } finally {
            all.remove(frame);
        }
        if (world.fault(FAILING_PER_THOUSAND)) {
            world.report.count("faults: failed load");
            throw new IllegalStateException("the source fails");
        }
        return loaded;
    }

    private void takeTime(SimulatedNode node) {
        long nanos = world.millis(0, world.chance(10) ? 4_000 : 20);
        long untilNanos = world.now() + nanos;
        world.await(node, () -> false, untilNanos);
    }

    private void checkAlone(Frame frame, String key) {
        boolean mayLoad = history.loaderOf(key) == frame.id
                || world.now() - frame.beganNanos >= Scenario.LOAD_WAIT - Scenario.LOAD_WAIT / 50
                || frame.failures > 0
                || frame.beganInOutage
                || frame.node.isInOutage()
                || frame.isLocal()
                || frame.operation == Operation.INVOKE
                || frame.operation == Operation.LOAD_ALL;
        for (Frame other : loading.getOrDefault(key, List.of())) {
            if (!mayLoad && history.loaderOf(key) == other.id) {
                world.violated(Promise.ONE_LOAD, frame + " loads " + key + " while " + other + " does");
            }
        }
    }

    CacheWriter<String, String> writer(SimulatedNode node) {
        return !scenario.writes()
                ? null
                : new CacheWriter<>() {
                    @Override
                    public void write(Cache.Entry<? extends String, ? extends String> entry) {
                        SimulatedSource.this.write(node, entry.getKey(), entry.getValue());
                    }

                    @Override
                    public void writeAll(Collection<Cache.Entry<? extends String, ? extends String>> entries) {
                        List.copyOf(entries).forEach(each -> {
                            write(each);
                            entries.remove(each);
                        });
                    }

                    @Override
                    public void delete(Object key) {
                        SimulatedSource.this.write(node, (String) key, null);
                    }

                    @Override
                    public void deleteAll(Collection<?> keys) {
                        List.copyOf(keys).forEach(each -> {
                            delete(each);
                            keys.remove(each);
                        });
                    }
                };
    }

    private void write(SimulatedNode node, String key, String value) {
        world.report.count("writes to the source");
        if (world.fault(FAILING_PER_THOUSAND)) {
            world.report.count("faults: failed write");
            throw new IllegalStateException("the source fails");
        }
        boolean isEarly = world.chance(50);
        if (isEarly) {
            store(key, value);
        }
        takeTime(node);
        if (!isEarly) {
            store(key, value);
        }
    }

    private void store(String key, String value) {
        world.trace(() -> "source: " + key + " = " + value);
        if (value == null) {
            values.remove(key);
        } else {
            values.put(key, value);
        }
    }
}
