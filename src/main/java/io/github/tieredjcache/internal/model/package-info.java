/**
 * The vocabulary of a cache: entries, versions, lifetimes, operations and their outcomes, as immutable data.
 *
 * <p>Floor 1. Pure: no threads, no sockets, no clocks of its own. It sees the coherence and support packages.
 */
@NullMarked
package io.github.tieredjcache.internal.model;

import org.jspecify.annotations.NullMarked;
