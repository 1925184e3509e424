package io.github.tieredjcache.integration.outage;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The longest wait of each operation under each fault. */
final class OutageWaits {
    private final Map<String, Long> longest = new ConcurrentHashMap<>();

    void add(OutageOperation operation, OutageFault fault, boolean later, long nanos) {
        longest.merge(name(operation, fault, later), nanos, Math::max);
    }

    private static String name(OutageOperation operation, OutageFault fault, boolean later) {
        return operation + " " + fault + " " + later;
    }

    private String millis(OutageOperation operation, OutageFault fault, boolean later) {
        Long nanos = longest.get(name(operation, fault, later));
        return nanos == null ? "-" : Long.toString(TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    /** Each field: in milliseconds, of those that were hit by the fault, and of those that came when it was known. */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder();
        int number = 0;
        for (OutageFault fault : OutageFault.values()) {
            table.append(String.format("%3d %s%n", ++number, fault));
        }
        table.append(String.format("%-19s", "longest wait, ms"));
        for (int column = 1; column <= number; column++) {
            table.append(String.format("%9d", column));
        }
        for (OutageOperation operation : OutageOperation.values()) {
            table.append(String.format("%n%-19s", operation));
            for (OutageFault fault : OutageFault.values()) {
                table.append(
                        String.format("%9s", millis(operation, fault, false) + "/" + millis(operation, fault, true)));
            }
        }
        return table.toString();
    }
}
