package io.github.tieredjcache.management;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import javax.management.DescriptorKey;

/** What a bean, an attribute, an operation or a parameter means; consoles show it. */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
public @interface Description {
    /** Returns a sentence. */
    @DescriptorKey("description")
    String value();

    /** Returns the unit of a number: {@code ms}, {@code us}, {@code %}, {@code bytes}, or what is counted; empty if it has none. */
    @DescriptorKey("units")
    String unit() default "";

    /** Returns the name of a parameter; empty for all else. */
    @DescriptorKey("name")
    String name() default "";
}
