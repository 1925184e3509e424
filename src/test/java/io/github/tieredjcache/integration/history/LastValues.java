package io.github.tieredjcache.integration.history;

import io.github.tieredjcache.history.Operation;
import io.github.tieredjcache.history.Verb;
import java.util.HashMap;
import java.util.Map;

/** The value of each key that a thread read or stored last, so that its next comparison may succeed. */
final class LastValues {
    private final Map<String, String> values = new HashMap<>();

    /** Returns the last value of a key, or a value that nobody stores. */
    String of(String key) {
        return values.getOrDefault(key, "nothing");
    }

    void record(Operation operation) {
        if (operation.verb() == Verb.GET && operation.answer() != null) {
            values.put(operation.key(), operation.answer());
        } else if (operation.value() != null && operation.isKnown() && !operation.changedNothing()) {
            boolean notes = operation.verb() == Verb.INVOKE;
            values.put(
                    operation.key(),
                    notes ? Operation.noted(operation.value(), operation.answer()) : operation.value());
        }
    }
}
