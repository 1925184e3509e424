package io.github.tieredjcache.examples.springboot;

/**
 * What a product costs in a currency.
 *
 * @param hundredths of the currency's unit
 * @param currency such as {@code EUR}
 */
public record Price(long hundredths, String currency) {}
