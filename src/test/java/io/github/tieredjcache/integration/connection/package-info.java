/** The connection to Redis: TLS, passwords, permissions, lost replies, and more commands than it has room for. */
@NullMarked
package io.github.tieredjcache.integration.connection;

import org.jspecify.annotations.NullMarked;
