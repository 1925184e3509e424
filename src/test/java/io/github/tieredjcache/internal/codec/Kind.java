package io.github.tieredjcache.internal.codec;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * One kind of value: a line of the table of types.
 *
 * @param name the name by which a user knows it
 * @param value a sample
 * @param content returns the state that a decoded value must share; the value itself if {@code equals} compares it
 * @param sameClass whether the decoded value has the same class; a private class of the JDK may become another one with
 *     the same behaviour
 * @param varying the reason why another JVM may write other bytes for an equal value; empty if it may not
 * @param refusal the words that the refusal must contain; empty if the kind is not refused
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

    /** Returns a kind that must be refused with these words: the class and the cure. */
    static Kind refused(String name, Object value, String... words) {
        return new Kind(name, value, Function.identity(), true, "", List.of(words));
    }

    @SuppressWarnings("unchecked")
    <T> Kind by(Function<T, Object> state) {
        return new Kind(name, value, (Function<Object, Object>) state, sameClass, varying, refusal);
    }

    /** Returns this kind with a decoded value of another private class of the JDK. */
    Kind renamed() {
        return new Kind(name, value, content, false, varying, refusal);
    }

    Kind varying(String why) {
        return new Kind(name, value, content, sameClass, why, refusal);
    }

    boolean isRefused() {
        return !refusal.isEmpty();
    }

    /** Returns the fault of a decoded value; empty if there is none. */
    String fault(Object back) {
        if (sameClass && back.getClass() != value.getClass()) {
            return name + " was read as a " + back.getClass().getName();
        }
        Object expected = content.apply(value);
        Object actual = content.apply(back);
        return Objects.deepEquals(expected, actual) ? "" : name + " was read with " + shorten(actual);
    }

    private static String shorten(Object content) {
        String text = String.valueOf(content);
        return text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }
}
