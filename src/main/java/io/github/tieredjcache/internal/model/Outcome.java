package io.github.tieredjcache.internal.model;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of a mutation: the committed pair of before and after.
 *
 * @param applied whether the precondition held
 * @param existed whether the key had an entry before
 * @param before that entry; null if there was none, or if it was not requested and the precondition held
 * @param after the entry that the mutation stored; null if it stored none
 * @param <V> the type of the value
 */
public record Outcome<V>(
        boolean applied,
        boolean existed,
        @Nullable Entry<V> before,
        @Nullable Entry<V> after) {}
