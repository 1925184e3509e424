/** Random operations on several nodes, recorded, and checked against what one caller could have seen. */
@NullMarked
package io.github.tieredjcache.integration.history;

import org.jspecify.annotations.NullMarked;
