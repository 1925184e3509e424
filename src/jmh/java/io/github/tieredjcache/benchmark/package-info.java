/**
 * Benchmarks beside peers: {@code mvn -Pjmh} runs them and prints ratios measured in one run.
 *
 * <p>{@link io.github.tieredjcache.benchmark.Benchmarks} is the program. Each measurement has a virtual machine of its own, and
 * each JCache provider a class path of its own, since two on one make {@code Caching.getCachingProvider()} throw.
 */
@NullMarked
package io.github.tieredjcache.benchmark;

import org.jspecify.annotations.NullMarked;
