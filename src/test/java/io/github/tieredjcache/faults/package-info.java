/** What may go wrong, what is promised for it, and which tests stand behind each promise. */
@NullMarked
package io.github.tieredjcache.faults;

import org.jspecify.annotations.NullMarked;
