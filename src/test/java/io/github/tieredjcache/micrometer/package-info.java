/** Tests of the meters. */
@NullMarked
package io.github.tieredjcache.micrometer;

import org.jspecify.annotations.NullMarked;
