package io.github.tieredjcache.internal.codec;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * One kind of value: a line of the table of types.
 *
 * @param name what a user would call it
 * @param value a value of it
 * @param content what must be the same in a value that came back; the value itself where {@code equals} says all
 * @param sameClass whether it comes back as the very class; a private class of the JDK may become another one that
 *     behaves alike
 * @param varying why another JVM may write other bytes for an equal value; empty where it may not
 * @param refusal what the refusal must say; empty if it is not refused
 */
record Kind(
        String name,
        Object value,
        Function<Object, Object> content,
        boolean sameClass,
        String varying,
        List<String> refusal) {
    static Kind of(String name, Object value) {
        return new Kind(name, value, Function.identity(), true, "", List.of());
    }

    /** A kind that must be refused with these words: the class, and what helps. */
    static Kind refused(String name, Object value, String... words) {
        return new Kind(name, value, Function.identity(), true, "", List.of(words));
    }

    @SuppressWarnings("unchecked")
    <T> Kind by(Function<T, Object> what) {
        return new Kind(name, value, (Function<Object, Object>) what, sameClass, varying, refusal);
    }

    /** Comes back as another private class of the JDK. */
    Kind renamed() {
        return new Kind(name, value, content, false, varying, refusal);
    }

    Kind varying(String why) {
        return new Kind(name, value, content, sameClass, why, refusal);
    }

    boolean isRefused() {
        return !refusal.isEmpty();
    }

    /** What is wrong with a value that came back; empty if nothing is. */
    String fault(Object back) {
        if (sameClass && back.getClass() != value.getClass()) {
            return name + " came back as a " + back.getClass().getName();
        }
        Object expected = content.apply(value);
        Object actual = content.apply(back);
        return Objects.deepEquals(expected, actual) ? "" : name + " came back with " + shorten(actual);
    }

    private static String shorten(Object content) {
        String text = String.valueOf(content);
        return text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }
}
