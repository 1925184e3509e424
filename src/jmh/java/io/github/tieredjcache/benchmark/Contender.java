package io.github.tieredjcache.benchmark;

import java.util.Map;

/**
 * One side of a comparison.
 *
 * @param name what the table calls it
 * @param classPath what its virtual machines load from
 * @param benchmark the class that measures it
 * @param method the benchmark's method
 * @param parameters the values of all parameters of the class
 */
record Contender(String name, String classPath, Class<?> benchmark, String method, Map<String, String> parameters) {}
