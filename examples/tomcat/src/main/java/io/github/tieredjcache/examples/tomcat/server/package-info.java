/** The server: a Tomcat, and what looks whether an application has left something behind. None of its class path is the library's. */
package io.github.tieredjcache.examples.tomcat.server;
