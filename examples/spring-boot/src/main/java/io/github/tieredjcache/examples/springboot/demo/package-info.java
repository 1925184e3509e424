/** The demonstration, which starts a Redis and two nodes of the shop and calls them. No application needs any of it. */
@NullMarked
package io.github.tieredjcache.examples.springboot.demo;

import org.jspecify.annotations.NullMarked;
