package io.github.tieredjcache.benchmark;

import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How long a run is.
 *
 * <p>Several short iterations: on a machine with other work the best of them is the one that was disturbed least. The
 * warm-up is long enough for the optimizing compiler to end: its threads count for the CPU time.
 *
 * @param rounds how often each contender gets a virtual machine, the contenders of a comparison one after another
 * @param warmupMillis before the iterations, where a call takes well under a microsecond
 * @param iterations how many are counted
 * @param iterationMillis how long each of these takes
 * @param starts how often each start is measured
 * @param entries for how many entries the memory is measured
 */
record Length(int rounds, int warmupMillis, int iterations, int iterationMillis, int starts, int... entries) {
    static Length of(String name) {
        return switch (name) {
            case "short" -> new Length(1, 1_000, 5, 150, 3, 1_000_000);
            case "long" -> new Length(5, 3_000, 10, 200, 15, 1_000, 10_000, 100_000, 1_000_000, 10_000_000);
            default -> throw new IllegalArgumentException("jmh.length must be short or long, was " + name);
        };
    }

    TimeValue warmupTime(Comparison comparison) {
        return TimeValue.milliseconds((long) warmupMillis * comparison.pace());
    }

    TimeValue iterationTime(Comparison comparison) {
        return TimeValue.milliseconds((long) iterationMillis * comparison.pace());
    }
}
