/** Tests of the example, on the lines 3.5 and 4 of Spring Boot. */
@NullMarked
package io.github.tieredjcache.examples.springboot;

import org.jspecify.annotations.NullMarked;
