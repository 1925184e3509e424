package io.github.tieredjcache.internal.simulation;

import io.github.tieredjcache.internal.engine.Engine;
import io.github.tieredjcache.internal.model.CacheOperation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One run of a simulated cluster: operations on its nodes, faults, and at last a time without either. A seed decides everything, so the same seed
 * repeats a run.
 */
final class Simulation {
    private static final int DEPTH_MAX = 4;
    private static final long SETTLING = TimeUnit.SECONDS.toNanos(12);

    private final World world;
    private final Scenario scenario;
    private final Saboteur saboteur;
    private final SimulatedServer server;
    private final SimulatedSource source;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final Checks checks;
    private final Faults faults;
    private int operationsLeft;
    private long operations;
    private long incarnations;

    private Simulation(long seed, Saboteur saboteur, Report report, boolean traces) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        this.world = new World(random, report, traces);
        Scenario drawn = Scenario.drawn(random);
        this.scenario = saboteur.concernsWriters() ? drawn.withWriter() : drawn;
        this.saboteur = saboteur;
        this.server = new SimulatedServer(world, random.nextInt() * 1_000_000L);
        this.source = new SimulatedSource(world, server.history(), scenario);
        this.checks = new Checks(world, server.history(), scenario);
        this.faults = new Faults(world, server, scenario, nodes, this::restart, this::resume);
        this.operationsLeft = scenario.operations();
        for (int i = 0; i < scenario.nodes(); i++) {
            nodes.add(newNode(i));
        }
        world.nested(this::beginNested);
    }

    /**
     * The end of a run.
     *
     * @param violation the first broken promise, null for none
     * @param trace what happened, if that was asked for
     */
    record Result(long seed, Scenario scenario, @Nullable Violation violation, String trace) {}

    /** Runs a seed. */
    static Result run(long seed, Saboteur saboteur, Report report, boolean traces) {
        Simulation simulation = new Simulation(seed, saboteur, report, traces);
        try {
            simulation.run();
        } catch (Violation e) {
            // The first one is the result.
        } catch (RuntimeException | Error e) {
            if (simulation.world.violation() == null) {
                throw new AssertionError("seed " + seed + ": " + e + "\n" + simulation.world.traced(), e);
            }
        }
        return new Result(seed, simulation.scenario, simulation.world.violation(), simulation.world.traced());
    }

    private SimulatedNode newNode(int number) {
        return new SimulatedNode(
                world, number, ++incarnations, scenario, server, source, new SimulatedNetwork(world), saboteur);
    }

    private void restart(SimulatedNode node) {
        int number = nodes.indexOf(node);
        node.countInto(world.report);
        checks.crashed(node);
        node.crash();
        SimulatedNode next = newNode(number);
        nodes.set(number, next);
        world.at(world.now() + world.millis(1, 500), next::start);
    }

    /** Begins lookups on a node that was paused. */
    private void resume(SimulatedNode node) {
        for (String key : Scenario.KEYS) {
            boolean mayBegin = node.isAlive()
                    && !node.isPaused()
                    && world.violation() == null
                    && world.frames.size() < DEPTH_MAX
                    && mayBegin(node, Operation.GET, List.of(key));
            if (mayBegin) {
                begin(node, Operation.GET, List.of(key));
            }
        }
    }

    private void run() {
        world.trace(scenario::toString);
        nodes.forEach(SimulatedNode::start);
        world.settle(TimeUnit.MILLISECONDS.toNanos(200));
        faults.schedule();
        while (operationsLeft > 0 && world.violation() == null) {
            world.pass(pauseNanos());
            SimulatedNode node = nodes.get(world.random.nextInt(nodes.size()));
            if (node.isAlive() && !node.isPaused()) {
                begin(node);
            }
        }
        operationsLeft = 0;
        if (world.violation() == null) {
            faults.heal();
            world.settle(SETTLING);
            checks.settled(nodes, server, source);
        }
        nodes.forEach(node -> node.countInto(world.report));
        world.report.count("seeds");
        world.report.count("virtual seconds", TimeUnit.NANOSECONDS.toSeconds(world.now()) - 100);
    }

    private long pauseNanos() {
        int drawn = world.random.nextInt(100);
        return drawn < 70 ? world.millis(0, 20) : drawn < 92 ? world.millis(20, 500) : world.millis(500, 5_000);
    }

    private boolean beginNested() {
        if (operationsLeft <= 0 || world.frames.size() >= DEPTH_MAX || world.violation() != null) {
            return false;
        }
        SimulatedNode node = nodes.get(world.random.nextInt(nodes.size()));
        if (!node.isAlive() || node.isPaused() || world.frames.stream().anyMatch(each -> each.id < 0)) {
            return false;
        }
        return begin(node);
    }

    /** Runs an operation; returns false if the one that was drawn would wait for an operation below it on the stack. */
    private boolean begin(SimulatedNode node) {
        Operation operation = Operation.drawn(world.random.nextInt(Operation.TOTAL));
        if (operation == Operation.LOAD_ALL && !scenario.loads()) {
            operation = Operation.GET;
        }
        List<String> keys = keys(operation);
        if (!mayBegin(node, operation, keys)) {
            return false;
        }
        operationsLeft--;
        begin(node, operation, keys);
        return true;
    }

    private void begin(SimulatedNode node, Operation operation, List<String> keys) {
        Frame frame = new Frame(++operations, node, operation, keys, world.now());
        checks.began(frame);
        world.trace(() -> "begins " + frame);
        world.frames.push(frame);
        Object result;
        try {
            result = perform(frame);
        } catch (Violation e) {
            throw e;
        } catch (Crash e) {
            world.report.count("operations ended by a crash");
            return;
        } catch (RuntimeException e) {
            result = e;
        } finally {
            world.frames.pop();
            // The nearest operation below has counted what this one has.
            world.frames.stream()
                    .filter(each -> each.node == node)
                    .findFirst()
                    .ifPresent(below -> below.localAnswersOfOthers += frame.localAnswers());
        }
        Object ended = result;
        world.trace(() -> "ends " + frame + ": " + ended);
        if (world.violation() == null) {
            checks.ended(frame, result);
        }
    }

    private List<String> keys(Operation operation) {
        switch (operation) {
            case CLEAR, ITERATE -> {
                return List.of();
            }
            case GET_ALL, PUT_ALL, REMOVE_ALL, LOAD_ALL -> {
                int left = world.random.nextInt(Scenario.KEYS.size());
                return Scenario.KEYS.stream()
                        .filter(each -> !each.equals(Scenario.KEYS.get(left)) || operation == Operation.GET_ALL)
                        .toList();
            }
            default -> {
                return List.of(Scenario.KEYS.get(world.random.nextInt(Scenario.KEYS.size())));
            }
        }
    }

    private boolean mayBegin(SimulatedNode node, Operation operation, List<String> keys) {
        for (Frame below : world.frames) {
            if (below.node == node && below.keys.stream().anyMatch(keys::contains)) {
                boolean isLocked =
                        below.operation == Operation.INVOKE || (scenario.writes() && below.operation.changes());
                boolean isLeased = operation == Operation.INVOKE || (scenario.writes() && operation.changes());
                boolean joins = operation.fetches() && below.operation.fetches();
                boolean waits = isLeased && below.operation.fetches() && below.operation.changes();
                if (isLocked || joins || waits) {
                    return false;
                }
            }
        }
        return true;
    }

    private Object perform(Frame frame) {
        Engine<String, String> engine = frame.node.engine();
        String key = frame.keys.isEmpty() ? "" : frame.keys.get(0);
        String value = frame.value();
        switch (frame.operation) {
            case GET -> {
                return new Looked(engine.get(key));
            }
            case GET_ALL -> {
                return engine.getAll(new java.util.LinkedHashSet<>(frame.keys));
            }
            case CONTAINS -> {
                return engine.contains(key);
            }
            case PUT -> {
                return engine.write(key, CacheOperation.put(value));
            }
            case GET_AND_PUT -> {
                return engine.write(key, CacheOperation.getAndPut(value));
            }
            case PUT_IF_ABSENT -> {
                return engine.write(key, CacheOperation.putIfAbsent(value));
            }
            case REPLACE -> {
                return engine.write(key, CacheOperation.replace(value));
            }
            case REPLACE_IF -> {
                return engine.write(key, CacheOperation.replace(expected(frame, key), value));
            }
            case REMOVE -> {
                return engine.write(key, CacheOperation.remove());
            }
            case REMOVE_IF -> {
                return engine.write(key, CacheOperation.remove(expected(frame, key)));
            }
            case GET_AND_REMOVE -> {
                return engine.write(key, CacheOperation.getAndRemove());
            }
            case INVOKE -> {
                return new Looked(invoke(frame, key));
            }
            case PUT_ALL -> {
                Map<String, String> entries = new LinkedHashMap<>();
                frame.keys.forEach(each -> entries.put(each, value + each));
                engine.putAll(entries);
                return true;
            }
            case REMOVE_ALL -> {
                engine.removeAll(frame.keys);
                return true;
            }
            case CLEAR -> {
                engine.clear();
                return true;
            }
            case ITERATE -> {
                Map<String, String> found = new LinkedHashMap<>();
                engine.entries().forEachRemaining(each -> found.put(each.getKey(), each.getValue()));
                return found;
            }
            case LOAD_ALL -> {
                engine.loading(frame.keys, world.chance(50)).run();
                return true;
            }
            default -> throw new IllegalStateException("not drawn: " + frame);
        }
    }

    /** The result of a lookup. */
    record Looked(@Nullable String value) {}

    private @Nullable String invoke(Frame frame, String key) {
        return frame.node.engine().invoke(key, (entry, arguments) -> {
            String seen = entry.getValue();
            frame.seen.add(String.valueOf(seen));
            world.await(frame.node, () -> false, world.now() + world.millis(0, world.chance(10) ? 7_000 : 10));
            entry.setValue(frame.value());
            return seen;
        });
    }

    /** Returns a value that the entry is likely to have. */
    private String expected(Frame frame, String key) {
        String held = server.keyspace().value(key);
        String expected = held == null || world.chance(20) ? "other" : held;
        frame.seen.add(expected);
        return expected;
    }
}
