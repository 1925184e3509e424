/** The house rules that a build can check. */
@NullMarked
package io.github.tieredjcache.architecture;

import org.jspecify.annotations.NullMarked;
