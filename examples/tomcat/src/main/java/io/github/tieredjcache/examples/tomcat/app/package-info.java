/** The web application: in it, {@link io.github.tieredjcache.examples.tomcat.app.Caches} is what the example is about. */
package io.github.tieredjcache.examples.tomcat.app;
