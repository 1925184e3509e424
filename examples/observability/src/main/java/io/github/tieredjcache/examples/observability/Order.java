package io.github.tieredjcache.examples.observability;

/** What is cached. */
record Order(String id, String customer, long cents) {}
