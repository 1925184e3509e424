/** Micronaut: its cache annotations, on a cache that nodes share. */
package io.github.tieredjcache.examples.integrations.micronaut;
