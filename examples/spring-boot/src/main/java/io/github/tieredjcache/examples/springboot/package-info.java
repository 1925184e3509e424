/**
 * A shop on Spring Boot: methods that are cached by Spring's annotations and by those of JSR-107, in memory and in Redis.
 *
 * <p>What an application would write is all here, but for {@code demo}, which runs two nodes of it on a Redis of their own.
 */
@NullMarked
package io.github.tieredjcache.examples.springboot;

import org.jspecify.annotations.NullMarked;
