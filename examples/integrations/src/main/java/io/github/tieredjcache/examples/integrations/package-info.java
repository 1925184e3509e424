/** Frameworks that take a JCache provider, each in a package of its own, and what runs them here. */
package io.github.tieredjcache.examples.integrations;
