package io.github.tieredjcache.internal.support;

import org.jspecify.annotations.Nullable;

/** Texts from outside as part of one line of a message. */
public final class ShortText {
    private ShortText() {}

    /**
     * Returns the text of an object without control characters, such as line breaks, and with a bounded length; the
     * name of its class if its {@code toString} throws.
     */
    public static String of(@Nullable Object object, int charsMax) {
        String text;
        try {
            text = String.valueOf(object);
        } catch (RuntimeException e) {
            text = String.valueOf(object == null ? null : object.getClass().getName());
        }
        // Cut first: the text of a large key may have many megabytes.
        boolean isLong = text.length() > charsMax;
        String plain = (isLong ? text.substring(0, charsMax) : text).replaceAll("\\p{C}", "?");
        return isLong ? plain + "…" : plain;
    }
}
