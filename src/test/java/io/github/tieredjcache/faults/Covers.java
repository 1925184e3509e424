package io.github.tieredjcache.faults;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which promises a test stands behind: it fails if one of them is broken. On a class it speaks for each of its tests.
 *
 * <p>{@link FaultRowsTest} checks that each row has a test.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Covers {
    FaultRow[] value();
}
