package io.github.tieredjcache.benchmark;

import java.io.File;
import java.util.ArrayList;
import java.util.List;

/**
 * The class paths of the JCache providers, made from the one that this program was started with: two providers on one
 * exclude each other.
 *
 * @param tiered everything but the other providers
 * @param caffeineJCache the same with caffeine-jcache in the place of this product
 * @param redisson the same with Redisson
 */
record ClassPaths(String tiered, String caffeineJCache, String redisson) {
    /**
     * Reads the class paths.
     *
     * @param tiered this product's jar, as the class path names it
     * @param caffeineJCache that of caffeine-jcache
     * @param redisson that of Redisson
     * @throws IllegalStateException if one of them is not there
     */
    static ClassPaths of(String tiered, String caffeineJCache, String redisson) {
        List<String> all = List.of(System.getProperty("java.class.path").split(File.pathSeparator));
        List<String> providers = List.of(tiered, caffeineJCache, redisson);
        if (!all.containsAll(providers)) {
            throw new IllegalStateException("not all of " + providers + " are on the class path; start with mvn -Pjmh");
        }
        return new ClassPaths(
                with(tiered, all, providers), with(caffeineJCache, all, providers), with(redisson, all, providers));
    }

    private static String with(String provider, List<String> all, List<String> providers) {
        List<String> jars = new ArrayList<>(all);
        jars.removeIf(each -> providers.contains(each) && !each.equals(provider));
        return String.join(File.pathSeparator, jars);
    }
}
