/** Rate limits that several JVMs share: Bucket4j on Tiered JCache, and what mishaps do to it. */
package io.github.tieredjcache.examples.bucket4j;
