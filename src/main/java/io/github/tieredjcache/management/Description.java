package io.github.tieredjcache.management;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import javax.management.DescriptorKey;

/** The description of a bean, an attribute, an operation or a parameter, as JMX consoles show it. */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
public @interface Description {
    /** Returns the description. */
    @DescriptorKey("description")
    String value();

    /**
     * Returns the unit of a number: {@code ms}, {@code us}, {@code %}, {@code bytes}, or the counted noun; empty for
     * none.
     */
    @DescriptorKey("units")
    String unit() default "";

    /** Returns the name of a parameter; empty for a bean, attribute or operation. */
    @DescriptorKey("name")
    String name() default "";
}
