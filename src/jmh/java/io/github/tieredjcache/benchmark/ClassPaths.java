package io.github.tieredjcache.benchmark;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The class paths of the providers, made from the one that this program was started with.
 *
 * @param tiered the program's own: this product, its libraries and the benchmarks
 * @param caffeineJCache the same with the jars of caffeine-jcache in the place of this product
 */
record ClassPaths(String tiered, String caffeineJCache) {
    /**
     * Reads the class paths.
     *
     * @param product this product's jar, as the class path names it
     * @param caffeineJCacheJars the folder of the jars that caffeine-jcache needs beside those it shares with this product
     * @throws IllegalStateException if one of the two is not there
     */
    static ClassPaths of(Path product, Path caffeineJCacheJars) throws IOException {
        List<String> tiered = List.of(System.getProperty("java.class.path").split(File.pathSeparator));
        List<String> caffeineJCache = new ArrayList<>(tiered);
        boolean found = caffeineJCache.remove(product.toString());
        try (Stream<Path> jars = Files.list(caffeineJCacheJars)) {
            jars.map(Path::toString).sorted().forEach(caffeineJCache::add);
        }
        if (!found || caffeineJCache.size() < tiered.size()) {
            throw new IllegalStateException("no " + product + " on the class path, or no jars in " + caffeineJCacheJars
                    + "; start with mvn -Pjmh");
        }
        return new ClassPaths(String.join(File.pathSeparator, tiered), String.join(File.pathSeparator, caffeineJCache));
    }
}
