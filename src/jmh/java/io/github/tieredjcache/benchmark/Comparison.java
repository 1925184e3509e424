package io.github.tieredjcache.benchmark;

import io.github.tieredjcache.benchmark.NearHit.Feature;
import io.github.tieredjcache.benchmark.NearHit.Isolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * This product and its peers doing the same thing.
 *
 * @param title what they do
 * @param threads how many threads do it at once
 * @param pace how many times longer than for a hit in memory it must run: a slow call warms up later
 * @param ours this product
 * @param peers the others, at least one
 */
record Comparison(String title, int threads, int pace, Contender ours, List<Contender> peers) {
    private static final String TIERED = "tiered-jcache";

    /** Returns all comparisons, in the order of the table. */
    static List<Comparison> all(ClassPaths paths) {
        List<Comparison> all = new ArrayList<>();
        for (int threads = 1; threads <= 2; threads++) {
            for (Feature feature : Feature.OF_CAFFEINE) {
                all.add(near(paths, Sample.STRING, Isolation.REFERENCE, feature, threads));
            }
            all.add(lease(paths, threads));
        }
        for (Sample sample : Sample.values()) {
            all.add(near(paths, sample, Isolation.VALUE, Feature.NONE, 1));
        }
        for (int threads : new int[] {1, 16, 64}) {
            all.add(remote(paths, Sample.ENTITY, "get", threads));
        }
        all.add(remote(paths, Sample.CONVERSATION, "get", 64));
        all.add(remote(paths, Sample.ENTITY, "getAll", 1));
        all.add(remote(paths, Sample.CONVERSATION, "getAll", 1));
        all.add(remote(paths, Sample.ENTITY, "put", 1));
        all.add(remote(paths, Sample.ENTITY, "miss", 1));
        for (String method : List.of("encode", "decode", "copy")) {
            for (Sample sample : Sample.values()) {
                all.add(coding(paths, CodingTime.class, method, sample, method));
            }
        }
        for (KeySample sample : KeySample.values()) {
            all.add(coding(paths, KeyCodingTime.class, "encode", sample, "key"));
        }
        return all;
    }

    private static Comparison coding(
            ClassPaths paths, Class<?> benchmark, String method, Enum<?> sample, String title) {
        return new Comparison(
                "codec, " + title + " " + words(sample),
                1,
                1,
                coder(TIERED, paths, benchmark, method, sample, Library.TIERED),
                List.of(
                        coder("kryo", paths, benchmark, method, sample, Library.KRYO),
                        coder("java", paths, benchmark, method, sample, Library.JAVA)));
    }

    private static Contender coder(
            String name, ClassPaths paths, Class<?> benchmark, String method, Enum<?> sample, Library library) {
        return new Contender(
                name, paths.tiered(), benchmark, method, Map.of("sample", sample.name(), "library", library.name()));
    }

    private static Comparison near(ClassPaths paths, Sample sample, Isolation isolation, Feature feature, int threads) {
        Map<String, String> parameters =
                Map.of("sample", sample.name(), "isolation", isolation.name(), "feature", feature.name());
        List<Contender> peers = new ArrayList<>();
        peers.add(new Contender("caffeine-jcache", paths.caffeineJCache(), NearHit.class, "get", parameters));
        peers.add(new Contender("caffeine", paths.tiered(), NearHitOfCaffeine.class, "get", parameters));
        if (isolation == Isolation.REFERENCE) {
            // It has no storing by value.
            peers.add(new Contender("cache2k", paths.tiered(), NearHitOfCache2k.class, "get", parameters));
        }
        return new Comparison(
                "near hit, " + words(sample) + " by " + words(isolation)
                        + (feature == Feature.NONE ? "" : ", " + words(feature)),
                threads,
                1,
                new Contender(TIERED, paths.tiered(), NearHit.class, "get", parameters),
                peers);
    }

    /** What it costs to be a copy: the same hit with and without a Redis behind it. */
    private static Comparison lease(ClassPaths paths, int threads) {
        return new Comparison(
                "near hit, string by reference, of a shared cache",
                threads,
                1,
                new Contender(TIERED, paths.tiered(), NearHit.class, "get", nearHit(Feature.LEASE)),
                List.of(new Contender(
                        "tiered-jcache without Redis", paths.tiered(), NearHit.class, "get", nearHit(Feature.NONE))));
    }

    private static Map<String, String> nearHit(Feature feature) {
        return Map.of(
                "sample", Sample.STRING.name(), "isolation", Isolation.REFERENCE.name(), "feature", feature.name());
    }

    private static Comparison remote(ClassPaths paths, Sample sample, String method, int threads) {
        Map<String, String> parameters = Map.of("sample", sample.name());
        String title = switch (method) {
            case "get" -> "remote hit";
            case "getAll" -> "remote getAll(" + RemoteHit.BATCH + ")";
            case "miss" -> "remote miss, read-through";
            default -> "remote " + method;
        };
        return new Comparison(
                title + ", " + words(sample),
                threads,
                sample == Sample.CONVERSATION ? 6 : 3,
                new Contender(TIERED, paths.tiered(), RemoteHit.class, method, parameters),
                List.of(
                        new Contender("lettuce + kryo", paths.tiered(), RemoteHitOfLettuce.class, method, parameters),
                        new Contender("redisson", paths.redisson(), RemoteHit.class, method, parameters)));
    }

    private static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
