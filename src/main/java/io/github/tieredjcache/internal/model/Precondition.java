package io.github.tieredjcache.internal.model;

import org.jspecify.annotations.Nullable;

/** What must be true of the entry in the tier of record for a mutation to be applied; tested there, atomically. */
public sealed interface Precondition {
    /** Nothing. */
    Precondition ALWAYS = new Always();

    /** The key has no entry. */
    Precondition ABSENT = new Absent();

    /** The key has an entry, whichever. */
    Precondition PRESENT = new Present();

    /** Returns the guard that the key still has just this entry, or none if it had none. */
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
     * @param seen what was read before
     */
    record Unchanged(Entry<?> seen) implements Precondition {}
}
