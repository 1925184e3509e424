package io.github.tieredjcache.internal.engine.load;

/** What the keys of a call are fetched for. */
enum LoadPurpose {
    /** A lookup: an access of each entry that there is. */
    LOOKUP,
    /** A load of the keys without an entry; an entry that there is stays as it is. */
    FILL,
    /** A load whose values are stored over existing entries, unless an entry changes in between. */
    REPLACEMENT
}
