package io.github.tieredjcache.examples.hibernate;

import java.io.Serializable;

/**
 * An amount of money, which the database keeps as a number.
 *
 * @param cents of one currency
 */
public record Price(long cents) implements Serializable {}
