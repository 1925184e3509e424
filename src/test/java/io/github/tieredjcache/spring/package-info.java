/** Spring and Spring Boot, on the line 3.5; the example spring-boot tests both lines with a real Redis. */
@NullMarked
package io.github.tieredjcache.spring;

import org.jspecify.annotations.NullMarked;
