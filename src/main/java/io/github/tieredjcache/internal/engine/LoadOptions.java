package io.github.tieredjcache.internal.engine;

import java.time.Duration;

/**
 * How a cache loads.
 *
 * @param readThrough whether lookups and processors load what is missing
 * @param othersWait how long a lookup waits for the load of another node
 */
public record LoadOptions(boolean readThrough, Duration othersWait) {}
