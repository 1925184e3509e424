package io.github.tieredjcache.integration.history;

import io.github.tieredjcache.history.Verb;

/** What a caller of a cache that writes through can do, and as which operation on each of its keys it enters a history. */
enum Deed {
    GET(Verb.GET, 6),
    GET_ALL(Verb.GET, 2),
    PUT(Verb.PUT, 4),
    PUT_ALL(Verb.PUT, 3),
    PUT_IF_ABSENT(Verb.PUT_IF_ABSENT, 3),
    REPLACE(Verb.REPLACE, 2),
    REPLACE_EXPECTED(Verb.REPLACE_EXPECTED, 3),
    GET_AND_PUT(Verb.GET_AND_PUT, 2),
    GET_AND_REPLACE(Verb.GET_AND_REPLACE, 2),
    REMOVE(Verb.REMOVE, 1),
    REMOVE_EXPECTED(Verb.REMOVE_EXPECTED, 2),
    GET_AND_REMOVE(Verb.GET_AND_REMOVE, 1),
    REMOVE_ALL(Verb.REMOVE_ALL, 1),
    INVOKE_SET(Verb.INVOKE, 5),
    INVOKE_REMOVE(Verb.GET_AND_REMOVE, 1),
    INVOKE_LOOK(Verb.GET, 2);

    private final Verb verb;
    private final int share;

    Deed(Verb verb, int share) {
        this.verb = verb;
        this.share = share;
    }

    Verb verb() {
        return verb;
    }

    /** Returns how often it is to be drawn, compared with others. */
    int share() {
        return share;
    }

    boolean isBulk() {
        return this == GET_ALL || this == PUT_ALL || this == REMOVE_ALL;
    }

    /** Returns whether an answer says that something was changed, and the writer was to be called. */
    boolean changed(Object answer) {
        return switch (this) {
            case GET, GET_ALL, INVOKE_LOOK -> false;
            case PUT_IF_ABSENT, REPLACE, REPLACE_EXPECTED, REMOVE_EXPECTED -> Boolean.TRUE.equals(answer);
            case GET_AND_REPLACE -> answer != null;
            // What was not in the cache may be in the source.
            case REMOVE, GET_AND_REMOVE, REMOVE_ALL, INVOKE_REMOVE -> true;
            case PUT, PUT_ALL, GET_AND_PUT, INVOKE_SET -> true;
        };
    }
}
