/** CDI, which Quarkus and Jakarta EE have: the cache manager as a bean. */
package io.github.tieredjcache.examples.integrations.cdi;
