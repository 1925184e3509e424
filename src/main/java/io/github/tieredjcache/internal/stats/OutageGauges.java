package io.github.tieredjcache.internal.stats;

import io.github.tieredjcache.internal.port.RemoteHealth;
import java.util.function.LongSupplier;

/**
 * What a cache knows of outages of its Redis.
 *
 * @param health of the Redis
 * @param journaled how many keys Redis has missed changes of
 * @param overflows how often that were too many
 * @param voided how often Redis was made to forget one
 */
public record OutageGauges(RemoteHealth health, LongSupplier journaled, LongSupplier overflows, LongSupplier voided) {}
