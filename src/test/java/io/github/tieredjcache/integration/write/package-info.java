/** Write-through and entry processors: order of events between cache, table and other writers. */
@NullMarked
package io.github.tieredjcache.integration.write;

import org.jspecify.annotations.NullMarked;
