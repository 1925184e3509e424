package io.github.tieredjcache.examples.springboot;

/** A product of the shop. */
public record Product(long id, String name) {}
