package io.github.tieredjcache.internal.file;

import java.util.Collection;
import java.util.Comparator;

/** Finds the known name most similar to an unknown one. */
public final class DidYouMean {
    private DidYouMean() {}

    /** Returns the known name with the smallest edit distance, preferably one that begins with the name; empty if none is known. */
    public static String to(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparing((String candidate) -> !candidate.startsWith(name))
                        .thenComparingInt(candidate -> distance(name, candidate)))
                .orElse("");
    }

    /** Returns the edit distance of Levenshtein (1965), computed row by row. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substituted = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
