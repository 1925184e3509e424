package io.github.tieredjcache.internal.simulation;

import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.engine.OperationResult;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/** Compares what operations return with what Redis has held, promise by promise. */
final class Checks {
    private static final Set<Operation> REMOVALS =
            Set.of(Operation.REMOVE, Operation.REMOVE_IF, Operation.GET_AND_REMOVE, Operation.REMOVE_ALL);

    private final World world;
    private final History history;
    private final Scenario scenario;
    /** Whether a node has crashed with changes that Redis or the source did not know; then they may differ. */
    private boolean hasCrashedInChange;

    Checks(World world, History history, Scenario scenario) {
        this.world = world;
        this.history = history;
        this.scenario = scenario;
    }

    void began(Frame frame) {
        frame.node.forgetRecovered();
        frame.floors.putAll(frame.node.floors);
        frame.localBeforeByKey.putAll(frame.node.localValues);
        frame.localChangesBefore.putAll(frame.node.localChanges);
        Scenario.KEYS.forEach(key -> frame.nextPositions.put(key, history.next(key)));
    }

    void crashed(SimulatedNode node) {
        boolean isInChange = world.frames.stream()
                .anyMatch(each -> each.node == node
                        && (each.operation.changes() || each.operation == Operation.INVOKE)
                        && (each.failures > 0
                                || each.beganInOutage
                                || world.now() - each.beganNanos > Scenario.WRITE_LEASE / 2
                                || each.keys.stream().anyMatch(key -> history.next(key) > each.firstNext(key))));
        hasCrashedInChange |= node.hasJournal() || isInChange;
    }

    /** Checks an operation that has ended. */
    void ended(Frame frame, Object result) {
        if (!frame.node.isAlive()) {
            return;
        }
        boolean local = frame.isLocal();
        count(frame, result, local);
        if (local) {
            frame.node.endedLocally.add(frame.id);
        }
        if (local && !scenario.local()) {
            world.violated(Promise.FAIL_ANSWERS_NOTHING_LOCALLY, frame + " returned " + result);
        }
        if (result instanceof RuntimeException failure) {
            failed(frame, failure, local);
            return;
        }
        switch (frame.operation) {
            case GET -> lookedUp(frame, frame.keys.get(0), ((Simulation.Looked) result).value(), local);
            case GET_ALL -> {
                Map<?, ?> found = (Map<?, ?>) result;
                frame.keys.forEach(key -> lookedUp(frame, key, (String) found.get(key), local));
            }
            case CONTAINS, ITERATE, LOAD_ALL -> {}
            case CLEAR -> Scenario.KEYS.forEach(key -> changed(frame, key, null, local));
            case REMOVE_ALL -> frame.keys.forEach(key -> changed(frame, key, null, local));
            case PUT_ALL -> frame.keys.forEach(key -> changed(frame, key, frame.value() + key, local));
            case INVOKE -> invoked(frame, local);
            default -> written(frame, (OperationResult<?>) result, local);
        }
    }

    private void count(Frame frame, Object result, boolean local) {
        String outcome = result instanceof RuntimeException failure
                ? failure.getClass().getSimpleName()
                : local ? "answered locally" : frame.commands == 0 ? "answered near" : "answered by Redis";
        world.report.count("operations: " + frame.operation + ": " + outcome);
    }

    private void failed(Frame frame, RuntimeException failure, boolean local) {
        // What it has changed locally is not known.
        frame.keys.forEach(key -> {
            frame.node.localValues.remove(key);
            frame.node.localChanges.merge(key, 1, Integer::sum);
            frame.node.writtenLocally.add(frame.value());
            frame.node.writtenLocally.add(frame.value() + key);
        });
        boolean isOutage = failure instanceof RemoteUnavailableException;
        if (isOutage && scenario.local()) {
            world.violated(Promise.OUTAGE_THROWS_NOTHING, frame + " threw " + failure);
        }
        boolean isKnown = !(failure instanceof OutcomeUnknownException) && !frame.unknown && !local;
        boolean isOne = frame.keys.size() == 1;
        if (isOutage && isKnown && isOne && !scenario.writes() && !frame.operation.fetches()) {
            history.notMade(frame.id);
            for (int made : history.madeBy(frame.id, frame.keys.get(0))) {
                world.violated(
                        Promise.HONEST_OUTCOME,
                        frame + " threw " + failure + ", and has made state " + made + history.show(frame.keys.get(0)));
            }
        }
    }

    // Lookups.

    private void lookedUp(Frame frame, String key, String value, boolean local) {
        if (value != null && frame.loaded.contains(value)) {
            return;
        }
        boolean isLocalValue = frame.node.writtenLocally.contains(value) && !history.wasStored(value);
        if (local || isLocalValue || hasChangedLocally(frame, key)) {
            lookedUpLocally(frame, key, value);
            return;
        }
        long endNanos = world.now();
        boolean isNear = frame.commands == 0 || frame.operation == Operation.GET_ALL;
        long tolerance = scenario.lifetimeNanos() / 50 + 1_000_000;
        long bound = value != null && isNear ? Scenario.STALENESS_BOUND + Scenario.STALENESS_BOUND / 50 : 0;
        Predicate<String> isValue = held -> Objects.equals(held, value);
        long floor = frame.floors.getOrDefault(key, 0L);
        if (value != null) {
            History.State state = history.stateOf(key, value);
            if (state == null) {
                world.violated(Promise.HONEST_OUTCOME, frame + " returned " + value + ", which Redis never held");
                return;
            }
            if (state.deadlineNanos < frame.beganNanos - tolerance) {
                world.violated(
                        Promise.EXPIRED_IS_ABSENT,
                        frame + " returned " + value + ", which has expired" + history.show(key));
            }
        }
        if (history.find(key, isValue, frame.beganNanos - bound - tolerance, endNanos, 0) < 0) {
            world.violated(Promise.STALENESS_BOUND, frame + " returned " + value + " for " + key + history.show(key));
        }
        long position = history.find(key, isValue, Long.MIN_VALUE, endNanos, floor);
        if (position < 0) {
            world.violated(
                    frame.node.floorReasons.getOrDefault(key, Promise.READER_NEVER_GOES_BACK),
                    frame + " returned " + value + " for " + key + ", and position " + floor + " before"
                            + history.show(key));
        }
        raise(frame.node, key, position, Promise.READER_NEVER_GOES_BACK);
        frame.node.localValues.remove(key);
    }

    private void lookedUpLocally(Frame frame, String key, String value) {
        SimulatedNode node = frame.node;
        boolean isChanged =
                node.isJournaled(key) && frame.localBeforeByKey.containsKey(key) && node.localValues.containsKey(key);
        boolean mayExpire = scenario.lifetimeNanos() > 0 && value == null;
        if (isChanged && !mayExpire && !isLoadedLocally(node, value)) {
            String before = frame.localBeforeByKey.get(key);
            String after = node.localValues.get(key);
            if (!Objects.equals(value, before) && !Objects.equals(value, after)) {
                world.violated(
                        Promise.OUTAGE_CHANGES_ARE_READ,
                        frame + " returned " + value + " for " + key + " after a local change to " + after);
            }
            return;
        }
        boolean isCopy = value != null
                && history.stateOf(key, value) != null
                && !isLoadedLocally(node, value)
                && !node.writtenLocally.contains(value);
        long outageNanos = node.outageNanos() - (world.now() - frame.beganNanos) * 101 / 100;
        if (isCopy && node.isInOutage() && outageNanos > Scenario.OUTAGE_NEAR + Scenario.OUTAGE_NEAR / 50) {
            world.violated(
                    Promise.OUTAGE_COPIES_END,
                    frame + " returned " + value + " for " + key + ", " + outageNanos / 1_000_000
                            + " ms after the outage began");
        }
    }

    /** Returns whether another operation of the node has changed a key locally during this one. */
    private static boolean hasChangedLocally(Frame frame, String key) {
        return !Objects.equals(frame.node.localChanges.get(key), frame.localChangesBefore.get(key));
    }

    private static boolean isLoadedLocally(SimulatedNode node, String value) {
        return value != null && node.loadedLocally.contains(value);
    }

    // Changes.

    private void written(Frame frame, OperationResult<?> result, boolean local) {
        String key = frame.keys.get(0);
        String value = REMOVALS.contains(frame.operation) ? null : frame.value();
        if (local) {
            if (result.acted()) {
                changed(frame, key, value, true);
            }
            return;
        }
        if (!result.acted()) {
            notApplied(frame, key);
            return;
        }
        List<Integer> made = changed(frame, key, value, false);
        if (made.isEmpty()) {
            return;
        }
        int state = made.get(made.size() - 1);
        String before = history.before(key, state);
        boolean isAsPromised = switch (frame.operation) {
            case PUT_IF_ABSENT -> before == null;
            case REPLACE -> before != null || history.hadExpired(key, state);
            case REPLACE_IF, REMOVE_IF -> frame.seen.get(0).equals(before) || history.hadExpired(key, state);
            case GET_AND_PUT, GET_AND_REMOVE -> Objects.equals(result.old(), before) || history.hadExpired(key, state);
            case REMOVE -> result.existed() == (before != null) || history.hadExpired(key, state);
            default -> true;
        };
        if (!isAsPromised && !wasOvertaken(frame, key)) {
            world.violated(
                    Promise.NO_LOST_UPDATE,
                    frame + " returned " + result + ", and the entry was " + before + " before" + history.show(key));
        }
    }

    private void notApplied(Frame frame, String key) {
        Predicate<String> refuses = switch (frame.operation) {
            case PUT_IF_ABSENT -> held -> held != null;
            case REPLACE, REMOVE, GET_AND_REMOVE -> held -> held == null;
            case REPLACE_IF, REMOVE_IF -> held -> !frame.seen.get(0).equals(held);
            default -> held -> true;
        };
        if (history.find(key, refuses, frame.beganNanos, world.now(), 0) < 0) {
            world.violated(
                    Promise.NO_LOST_UPDATE,
                    frame + " was not applied, and its condition " + frame.seen + " held" + history.show(key));
        }
        boolean isMade = history.madeBy(frame.id, key).stream()
                .anyMatch(state -> frame.value().equals(history.state(key, state).value));
        if (isMade) {
            world.violated(Promise.HONEST_OUTCOME, frame + " was not applied, but made" + history.show(key));
        }
    }

    private void invoked(Frame frame, boolean local) {
        String key = frame.keys.get(0);
        List<Integer> made = changed(frame, key, frame.value(), local);
        if (local || made.isEmpty()) {
            return;
        }
        int state = made.get(0);
        String before = history.before(key, state);
        String seen = frame.seen.get(0);
        boolean isLoaded = before == null && (frame.loaded.contains(seen) || history.hadExpired(key, state));
        boolean isExpired = history.hadExpired(key, state);
        if (!seen.equals(String.valueOf(before)) && !isLoaded && !isExpired && !wasOvertaken(frame, key)) {
            world.violated(
                    Promise.NO_LOST_UPDATE,
                    frame + " has seen " + seen + ", and the entry was " + before + " before" + history.show(key));
        }
    }

    /**
     * Checks that a change was made once, and notes it; returns the states that it has made.
     *
     * @param value null for a removal
     */
    private List<Integer> changed(Frame frame, String key, String value, boolean local) {
        SimulatedNode node = frame.node;
        boolean isMade = (frame.keys.size() > 1 || !frame.unknown)
                && history.madeBy(frame.id, key).stream()
                        .anyMatch(state -> Objects.equals(value, history.state(key, state).value));
        // Of many keys, some may have been changed in Redis; or the node has answered only the read before the change.
        if (local) {
            node.writtenLocally.add(String.valueOf(value));
        }
        if (local && !isMade) {
            raise(node, key, history.next(key), Promise.REMOVED_BEFORE_READ);
            boolean isOnlyChange = !hasChangedLocally(frame, key) && !node.hasRecoveredSince(frame.beganNanos);
            node.localChanges.merge(key, 1, Integer::sum);
            if (isOnlyChange) {
                node.localValues.put(key, value);
            } else {
                // Of changes that overlap, and of a change and a recovery, either may have come last.
                node.localValues.remove(key);
            }
            return List.of();
        }
        node.localValues.remove(key);
        List<Integer> made = history.madeBy(frame.id, key).stream()
                .filter(state -> Objects.equals(history.state(key, state).value, value))
                .toList();
        if (made.isEmpty()) {
            if (!wasOvertaken(frame, key)) {
                world.violated(Promise.HONEST_OUTCOME, frame + " returned, and changed nothing" + history.show(key));
            }
            return made;
        }
        raise(node, key, 2L * made.get(0), Promise.READ_YOUR_WRITES);
        return made;
    }

    /** Returns whether another change came between the lease of an operation and its commit, or its lease was lost. */
    private boolean wasOvertaken(Frame frame, String key) {
        boolean isLeased = frame.operation == Operation.INVOKE || scenario.writes();
        if (!isLeased) {
            return false;
        }
        long all = history.next(key) - frame.firstNext(key);
        return all > 2L * history.madeBy(frame.id, key).size() || world.now() - frame.beganNanos > Scenario.WRITE_LEASE;
    }

    private static void raise(SimulatedNode node, String key, long position, Promise reason) {
        if (position > node.floors.getOrDefault(key, 0L)) {
            node.floors.put(key, position);
            node.floorReasons.put(key, reason);
        }
    }

    // The end.

    /** Checks a cluster in which no operations and faults have happened for a while. */
    void settled(List<SimulatedNode> nodes, SimulatedServer server, SimulatedSource source) {
        long settledNanos = world.now();
        for (SimulatedNode node : nodes) {
            if (node.isInOutage() || node.hasJournal()) {
                world.violated(Promise.REMOVED_BEFORE_READ, node + " has not recovered");
            }
        }
        for (String key : Scenario.KEYS) {
            String held = server.keyspace().value(key);
            if (server.isLeased(key)) {
                world.violated(Promise.LEASES_END, key + " is leased still");
            }
            String inSource = source.value(key);
            boolean agrees = held == null || SimulatedSource.base(held).equals(inSource);
            if (scenario.writes() && !agrees && !hasCrashedInChange) {
                world.violated(
                        Promise.SOURCE_AND_CACHE_AGREE,
                        "Redis holds " + held + " for " + key + ", and the source " + inSource + history.show(key));
            }
            for (SimulatedNode node : nodes) {
                Frame frame = new Frame(0, node, Operation.GET, List.of(key), world.now());
                world.frames.push(frame);
                String read = node.engine().get(key);
                world.frames.pop();
                boolean isLoaded = held == null && frame.loaded.contains(read);
                boolean isHeld =
                        history.find(key, each -> Objects.equals(each, read), settledNanos, world.now(), 0) >= 0;
                if (!isHeld && !isLoaded) {
                    world.violated(
                            Promise.NODES_AGREE, node + " reads " + read + " for " + key + ", Redis holds " + held);
                }
            }
        }
    }
}
