/** Histories of what several threads and nodes did to one key, and whether they can be explained. */
@NullMarked
package io.github.tieredjcache.history;

import org.jspecify.annotations.NullMarked;
