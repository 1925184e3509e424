/** Proves what the example's README says, on a real Redis and, where another node is meant, with a second JVM. */
@NullMarked
package io.github.tieredjcache.examples.springboot;

import org.jspecify.annotations.NullMarked;
