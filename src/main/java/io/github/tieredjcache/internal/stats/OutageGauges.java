package io.github.tieredjcache.internal.stats;

import io.github.tieredjcache.internal.port.RemoteHealth;
import java.util.function.LongSupplier;

/**
 * The numbers of a cache on outages of Redis.
 *
 * @param health the health of Redis
 * @param journaled the number of keys in the recovery journal; -1 for the whole cache
 * @param overflows how often the recovery journal overflowed
 * @param voided the number of keys removed from Redis because it had missed a change
 */
public record OutageGauges(RemoteHealth health, LongSupplier journaled, LongSupplier overflows, LongSupplier voided) {}
