/** What operators see: MBean attributes, and the commands that each operation costs. */
@NullMarked
package io.github.tieredjcache.integration.management;

import org.jspecify.annotations.NullMarked;
