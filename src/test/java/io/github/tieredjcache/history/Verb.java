package io.github.tieredjcache.history;

/** What can be done to one key; a bulk operation is one operation for each of its keys. */
public enum Verb {
    GET,
    CONTAINS,
    PUT,
    GET_AND_PUT,
    PUT_IF_ABSENT,
    REPLACE,
    REPLACE_EXPECTED,
    GET_AND_REPLACE,
    REMOVE,
    REMOVE_EXPECTED,
    GET_AND_REMOVE,
    REMOVE_ALL,
    CLEAR,
    /** An entry processor that stores its argument with a note of what was there, and answers what was there. */
    INVOKE;

    /** Returns whether it can change nothing. */
    public boolean reads() {
        return this == GET || this == CONTAINS;
    }

    /** Returns whether it can leave the key without an entry. */
    public boolean removes() {
        return switch (this) {
            case REMOVE, REMOVE_EXPECTED, GET_AND_REMOVE, REMOVE_ALL, CLEAR -> true;
            default -> false;
        };
    }

    /** Returns whether it can store a value. */
    public boolean stores() {
        return switch (this) {
            case PUT, GET_AND_PUT, PUT_IF_ABSENT, REPLACE, REPLACE_EXPECTED, GET_AND_REPLACE, INVOKE -> true;
            default -> false;
        };
    }

    /** Returns whether it compares with a value. */
    public boolean compares() {
        return this == REPLACE_EXPECTED || this == REMOVE_EXPECTED;
    }
}
