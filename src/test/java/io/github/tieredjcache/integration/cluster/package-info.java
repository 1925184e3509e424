/** Redis Cluster and Sentinel: slots that move, masters that fail and are replaced. */
@NullMarked
package io.github.tieredjcache.integration.cluster;

import org.jspecify.annotations.NullMarked;
