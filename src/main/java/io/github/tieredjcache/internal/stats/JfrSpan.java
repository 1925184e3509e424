package io.github.tieredjcache.internal.stats;

/** An event of the flight recorder with a duration. */
@FunctionalInterface
interface JfrSpan {
    /** Ends the event and commits it. */
    void end(boolean succeeded);
}
