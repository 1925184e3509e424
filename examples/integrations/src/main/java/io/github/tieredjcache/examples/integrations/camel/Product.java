package io.github.tieredjcache.examples.integrations.camel;

/** Something to sell. */
public record Product(String name, long cents) {}
