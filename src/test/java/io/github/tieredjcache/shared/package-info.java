/** Classes whose names are in entries that earlier versions stored ({@code golden/entries-1.txt}). */
@NullMarked
package io.github.tieredjcache.shared;

import org.jspecify.annotations.NullMarked;
