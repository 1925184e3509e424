/**
 * The configuration file: finds it, parses the section of each cache, and reports all errors at once.
 *
 * <p>Floor 1. Uses the packages {@code io.github.tieredjcache} and {@code framework}. Only this package uses Typesafe
 * config. It returns the contents of the file; the package {@code jcache} decides which sources override them.
 */
@NullMarked
package io.github.tieredjcache.internal.file;

import org.jspecify.annotations.NullMarked;
