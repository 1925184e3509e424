/**
 * The configuration file: where it is found, what it says of each cache, and all that is wrong with it, at once.
 *
 * <p>Floor 1. Sees nothing but the ground, and is the only package that sees Typesafe config. It says what is written; the roof decides
 * what that outranks.
 */
@NullMarked
package io.github.tieredjcache.internal.file;

import org.jspecify.annotations.NullMarked;
