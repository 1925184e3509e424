/** Applications that bring this library along, are undeployed, or run on a module path. */
@NullMarked
package io.github.tieredjcache.integration.deploy;

import org.jspecify.annotations.NullMarked;
