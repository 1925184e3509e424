/** Redis is unavailable: what callers get, what the log says, and recovery. */
@NullMarked
package io.github.tieredjcache.integration.outage;

import org.jspecify.annotations.NullMarked;
