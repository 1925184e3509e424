/** Loading of missing entries: shared by threads and nodes, failing, slow, or too late. */
@NullMarked
package io.github.tieredjcache.integration.load;

import org.jspecify.annotations.NullMarked;
