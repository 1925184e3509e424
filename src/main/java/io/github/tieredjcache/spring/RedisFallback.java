package io.github.tieredjcache.spring;

import org.jspecify.annotations.Nullable;

/** Finds the Redis of Spring Boot's connection details. */
@FunctionalInterface
interface RedisFallback {
    /** Returns the URI of that Redis, password included; null if there are no connection details. */
    @Nullable
    String uri();
}
