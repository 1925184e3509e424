package io.github.tieredjcache.benchmark;

import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How long a run is.
 *
 * <p>Many short iterations in several virtual machines: on a machine with other work the best of them is the one that was
 * disturbed least.
 *
 * @param rounds how often each contender gets a virtual machine, the contenders of a comparison one after another
 * @param warmups iterations that are not counted
 * @param warmupMillis how long each of these takes, where a call takes well under a microsecond
 * @param iterations iterations that are counted
 * @param iterationMillis how long each of these takes
 */
record Length(int rounds, int warmups, int warmupMillis, int iterations, int iterationMillis) {
    static Length of(String name) {
        return switch (name) {
            case "short" -> new Length(2, 3, 120, 6, 80);
            case "long" -> new Length(7, 5, 200, 10, 200);
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
