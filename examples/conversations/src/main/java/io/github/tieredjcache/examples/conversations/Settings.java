package io.github.tieredjcache.examples.conversations;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What can be set on the command line, as {@code name=value}, with its default.
 *
 * @param conversations how many conversations there are
 * @param warmSeconds how long the first JVM serves
 * @param coldSeconds how long the second JVM serves
 * @param requestsPerSecond how many requests come in a second
 * @param threads how many threads serve them
 * @param writePercent how many of 100 requests append a message; the others read
 * @param zipf the exponent of the distribution of the requests over the conversations
 * @param findMillis how long the slow store takes to find a conversation, beyond what H2 takes
 * @param nearEntries how many conversations the near tier holds at most
 * @param warmKeys how many of the conversations that are read most a JVM that starts has near; 0 for none
 * @param stampede how many threads ask for one cold conversation at the same time
 * @param seed decides all that looks random
 */
record Settings(
        int conversations,
        int warmSeconds,
        int coldSeconds,
        int requestsPerSecond,
        int threads,
        int writePercent,
        double zipf,
        int findMillis,
        int nearEntries,
        int warmKeys,
        int stampede,
        long seed) {

    private static final List<String> DEFAULTS = List.of(
            "conversations=2000",
            "warmSeconds=15",
            "coldSeconds=10",
            "requestsPerSecond=2000",
            "threads=8",
            "writePercent=5",
            "zipf=0.99",
            "findMillis=15",
            "nearEntries=1000",
            "warmKeys=500",
            "stampede=1000",
            "seed=1");

    /** Reads {@code name=value} arguments; those left out have their defaults. */
    static Settings parse(List<String> arguments) {
        Map<String, String> values = new HashMap<>();
        DEFAULTS.forEach(setting -> values.put(name(setting), value(setting)));
        for (String argument : arguments) {
            if (values.replace(name(argument), value(argument)) == null) {
                throw new IllegalArgumentException(
                        "'" + argument + "' is no setting; there are, with their defaults, " + DEFAULTS);
            }
        }
        return new Settings(
                positive(values, "conversations"),
                positive(values, "warmSeconds"),
                positive(values, "coldSeconds"),
                positive(values, "requestsPerSecond"),
                positive(values, "threads"),
                positive(values, "writePercent"),
                Double.parseDouble(values.get("zipf")),
                positive(values, "findMillis"),
                positive(values, "nearEntries"),
                Integer.parseInt(values.get("warmKeys")),
                positive(values, "stampede"),
                Long.parseLong(values.get("seed")));
    }

    private static String name(String setting) {
        return setting.split("=", 2)[0];
    }

    private static String value(String setting) {
        return setting.substring(Math.min(setting.length(), name(setting).length() + 1));
    }

    private static int positive(Map<String, String> values, String name) {
        int number = Integer.parseInt(values.get(name));
        if (number <= 0) {
            throw new IllegalArgumentException(name + " must be positive, was " + number);
        }
        return number;
    }

    /** These settings as arguments that {@link #parse} reads. */
    List<String> arguments() {
        return List.of(
                "conversations=" + conversations,
                "warmSeconds=" + warmSeconds,
                "coldSeconds=" + coldSeconds,
                "requestsPerSecond=" + requestsPerSecond,
                "threads=" + threads,
                "writePercent=" + writePercent,
                "zipf=" + zipf,
                "findMillis=" + findMillis,
                "nearEntries=" + nearEntries,
                "warmKeys=" + warmKeys,
                "stampede=" + stampede,
                "seed=" + seed);
    }
}
