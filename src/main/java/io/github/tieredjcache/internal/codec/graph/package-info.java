/**
 * The serialization of object graphs: the only package that sees Kryo.
 *
 * <p>Floor 1, above the codec's api package. Bytes from outside yield a value or one checked exception, within time and
 * memory that their length bounds (see {@code Budget}). Only classes that the rules of the cache name are loaded.
 */
@NullMarked
package io.github.tieredjcache.internal.codec.graph;

import org.jspecify.annotations.NullMarked;
