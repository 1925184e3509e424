/** Apache Camel: its {@code jcache} endpoint, its idempotent consumer and its aggregator on caches that nodes share. */
package io.github.tieredjcache.examples.integrations.camel;
