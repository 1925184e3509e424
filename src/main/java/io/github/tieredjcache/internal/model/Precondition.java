package io.github.tieredjcache.internal.model;

import org.jspecify.annotations.Nullable;

/** A condition on the entry in the tier of record under which a mutation is applied; checked there, atomically. */
public sealed interface Precondition {
    /** Always holds. */
    Precondition ALWAYS = new Always();

    /** The key has no entry. */
    Precondition ABSENT = new Absent();

    /** The key has an entry. */
    Precondition PRESENT = new Present();

    /** Returns the precondition that the key still has this very entry, or still none if {@code seen} is null. */
    static Precondition unchanged(@Nullable Entry<?> seen) {
        return seen == null ? ABSENT : new Unchanged(seen);
    }

    /** See {@link #ALWAYS}. */
    record Always() implements Precondition {}

    /** See {@link #ABSENT}. */
    record Absent() implements Precondition {}

    /** See {@link #PRESENT}. */
    record Present() implements Precondition {}

    /**
     * The key still has this very entry.
     *
     * @param seen the entry that was read before
     */
    record Unchanged(Entry<?> seen) implements Precondition {}
}
