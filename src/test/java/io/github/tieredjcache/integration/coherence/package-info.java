/** Near copies end when another node changes their entry, and are never older than the bound. */
@NullMarked
package io.github.tieredjcache.integration.coherence;

import org.jspecify.annotations.NullMarked;
