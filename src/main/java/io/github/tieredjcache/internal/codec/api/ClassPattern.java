package io.github.tieredjcache.internal.codec.api;

/**
 * One entry of {@code tiered-jcache.codec.allowed}: a class, a package, or a package tree.
 *
 * @param text the class's name, or the package's name with a final dot
 * @param reach whether the text names a class, a package or a package tree
 */
public record ClassPattern(String text, Reach reach) {
    public enum Reach {
        CLASS,
        PACKAGE,
        TREE
    }

    /**
     * Parses a pattern.
     *
     * @throws IllegalArgumentException if the text is none of the three forms
     */
    public static ClassPattern parse(String pattern) {
        ClassPattern parsed;
        if (pattern.endsWith(".**")) {
            parsed = new ClassPattern(pattern.substring(0, pattern.length() - 2), Reach.TREE);
        } else if (pattern.endsWith(".*")) {
            parsed = new ClassPattern(pattern.substring(0, pattern.length() - 1), Reach.PACKAGE);
        } else {
            parsed = new ClassPattern(pattern, Reach.CLASS);
        }
        if (!isName(parsed.text, parsed.reach != Reach.CLASS)) {
            throw new IllegalArgumentException(
                    "tiered-jcache.codec.allowed must list classes (com.shop.Order), packages"
                            + " (com.shop.*) or package trees (com.shop.**), was '" + pattern + "'");
        }
        return parsed;
    }

    /** Returns whether the pattern allows the class; no package pattern allows a class of {@link ExactNameOnly}. */
    public boolean matches(String className) {
        return switch (reach) {
            case CLASS -> className.equals(text);
            case PACKAGE ->
                className.startsWith(text)
                        && className.indexOf('.', text.length()) < 0
                        && !ExactNameOnly.contains(className);
            case TREE -> className.startsWith(text) && !ExactNameOnly.contains(className);
        };
    }

    private static boolean isName(String text, boolean endsWithDot) {
        boolean startsPart = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.') {
                if (startsPart) {
                    return false;
                }
                startsPart = true;
            } else {
                if (startsPart ? !Character.isJavaIdentifierStart(c) : !Character.isJavaIdentifierPart(c)) {
                    return false;
                }
                startsPart = false;
            }
        }
        return startsPart == endsWithDot && !text.isEmpty();
    }
}
