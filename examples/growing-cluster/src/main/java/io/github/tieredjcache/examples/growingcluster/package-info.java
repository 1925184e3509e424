/**
 * A cache on a Redis Cluster that grows from three to four masters while two nodes read and write it.
 *
 * <p>{@code Node} is what a service would write; {@code Traffic} reads and writes through it and checks each value; {@code Growth} starts the
 * cluster, moves a quarter of its slots and prints what the nodes saw meanwhile.
 */
@NullMarked
package io.github.tieredjcache.examples.growingcluster;

import org.jspecify.annotations.NullMarked;
