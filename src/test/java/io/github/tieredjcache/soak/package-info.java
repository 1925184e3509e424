/**
 * Some processes that use caches on a Redis Cluster for a long time, with a fault every few seconds: no promise breaks, and nothing grows.
 */
@NullMarked
package io.github.tieredjcache.soak;

import org.jspecify.annotations.NullMarked;
