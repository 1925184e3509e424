package io.github.tieredjcache.internal.entry;

import org.jspecify.annotations.Nullable;

/** What must be true of the entry in the tier of record for a mutation to be applied; tested there, atomically. */
public sealed interface Guard {
    /** Nothing. */
    Guard ALWAYS = new Always();

    /** The key has no entry. */
    Guard ABSENT = new Absent();

    /** The key has an entry, whichever. */
    Guard PRESENT = new Present();

    /** Returns the guard that the key still has just this entry, or none if it had none. */
    static Guard unchanged(@Nullable Entry<?> seen) {
        return seen == null ? ABSENT : new Unchanged(seen);
    }

    /** See {@link #ALWAYS}. */
    record Always() implements Guard {}

    /** See {@link #ABSENT}. */
    record Absent() implements Guard {}

    /** See {@link #PRESENT}. */
    record Present() implements Guard {}

    /**
     * The key still has this very entry.
     *
     * @param seen what was read before
     */
    record Unchanged(Entry<?> seen) implements Guard {}
}
