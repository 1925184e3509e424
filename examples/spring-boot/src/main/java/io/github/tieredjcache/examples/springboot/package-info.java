/** A shop on Spring Boot whose methods are cached in memory and in Redis. */
@NullMarked
package io.github.tieredjcache.examples.springboot;

import org.jspecify.annotations.NullMarked;
