/** Resilience4j: a call whose result is cached, for all nodes together. */
package io.github.tieredjcache.examples.integrations.resilience4j;
