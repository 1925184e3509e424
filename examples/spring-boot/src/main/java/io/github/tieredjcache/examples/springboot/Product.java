package io.github.tieredjcache.examples.springboot;

/**
 * What the shop sells.
 *
 * @param id its number
 * @param category such as {@code tea}
 * @param name for the customer
 * @param cents what it costs
 */
public record Product(long id, String category, String name, long cents) {}
