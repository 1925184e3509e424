package io.github.tieredjcache.internal.file;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValueFactory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Parses the lifetimes of a file: {@code 250ms}, {@code 5s}, {@code 10m}, {@code 2h}, {@code 1d}, or {@code eternal}.
 */
final class Lifetimes {
    private static final String ETERNAL = "eternal";
    private static final String RULE = "must be a lifetime such as 30s, 10m, 2h, 1d or eternal";
    // The expiry of JCache is in milliseconds, and 0 would expire each entry at once.
    private static final String LENGTH_RULE = "must be at least 1ms, or eternal";
    private static final String KEY = "lifetime";

    private Lifetimes() {}

    /** Returns the rule that a text breaks, or null. */
    static @Nullable String brokenRule(String text) {
        try {
            Duration lifetime = parse(text);
            return lifetime == null || lifetime.toMillis() > 0 ? null : LENGTH_RULE;
        } catch (IllegalArgumentException e) {
            return RULE;
        }
    }

    /** Returns the lifetime, null for an eternal one. */
    static @Nullable Duration parse(String text) {
        String stripped = text.strip();
        if (stripped.equals(ETERNAL)) {
            return null;
        }
        if (stripped.matches("-?[\\d.]*")) {
            throw new IllegalArgumentException(RULE);
        }
        try {
            return ConfigValueFactory.fromAnyRef(stripped).atKey(KEY).getDuration(KEY);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(RULE, e);
        }
    }
}
