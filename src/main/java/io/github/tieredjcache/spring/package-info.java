/**
 * Spring and Spring Boot: a cache manager of Spring, and auto-configuration from {@code tiered-jcache.*} in {@code
 * application.yml} or {@code application.properties}.
 *
 * <pre>{@code
 * spring.data.redis.url=redis://localhost:6379
 * tiered-jcache.caches.books.expiry.created=10m
 * }</pre>
 *
 * <p>Architecture: this package uses the public API, the packages {@code jcache}, {@code management} and {@code
 * micrometer}, and no internal package. Spring is an optional dependency, and only this package uses it: no other
 * package loads these classes, so an application without Spring works. The classes whose names begin with {@code
 * SpringBoot3} and {@code SpringBoot4} use types that only that line of Spring Boot has; conditions keep the others from
 * being loaded.
 */
@NullMarked
package io.github.tieredjcache.spring;

import org.jspecify.annotations.NullMarked;
