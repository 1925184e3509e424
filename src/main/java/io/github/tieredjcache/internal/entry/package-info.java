/**
 * The vocabulary of the house: entries, versions, lifetimes, verbs, and the port that a tier of record implements.
 *
 * <p>Floor 1. Pure: no threads, no sockets, no clocks of its own. It sees nothing of this project but the ground.
 */
@NullMarked
package io.github.tieredjcache.internal.entry;

import org.jspecify.annotations.NullMarked;
