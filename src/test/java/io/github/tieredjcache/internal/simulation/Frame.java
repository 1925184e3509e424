package io.github.tieredjcache.internal.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One operation in progress; the operations that begin while it waits are above it on the stack. */
final class Frame {
    final long id;
    final SimulatedNode node;
    final Operation operation;
    final List<String> keys;
    final long beganNanos;
    final boolean beganInOutage;
    final long localBefore;
    final Map<String, Long> floors = new HashMap<>();
    final Map<String, String> localBeforeByKey = new HashMap<>();
    final Map<String, Integer> localChangesBefore = new HashMap<>();
    final Set<String> loaded = new HashSet<>();
    /** The position of the next state of each key when the operation began. */
    final Map<String, Long> nextPositions = new HashMap<>();
    /** What entry processors have seen. */
    final List<String> seen = new ArrayList<>();
    /** How many commands it has sent, and how many had no reply. */
    int commands;

    int failures;
    boolean unknown;
    long localAnswersOfOthers;

    Frame(long id, SimulatedNode node, Operation operation, List<String> keys, long nowNanos) {
        this.id = id;
        this.node = node;
        this.operation = operation;
        this.keys = keys;
        this.beganNanos = nowNanos;
        this.beganInOutage = node.isInOutage();
        this.localBefore = node.localAnswers();
    }

    String value() {
        return "v" + id;
    }

    /** Returns whether the node has answered a call of this operation locally. */
    boolean isLocal() {
        return localAnswers() > localAnswersOfOthers;
    }

    /** Returns how often the node has answered locally since the operation began. */
    long localAnswers() {
        return node.localAnswers() - localBefore;
    }

    long firstNext(String key) {
        return nextPositions.getOrDefault(key, 0L);
    }

    @Override
    public String toString() {
        return operation + " " + keys + " #" + id + " on " + node;
    }
}
