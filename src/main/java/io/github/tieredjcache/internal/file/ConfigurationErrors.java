package io.github.tieredjcache.internal.file;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Collects all errors of a file, so that one start of the application reports them together. */
final class ConfigurationErrors {
    private final String kind;
    private final String place;
    private final List<String> all = new ArrayList<>();

    /**
     * Creates a list without errors.
     *
     * @param kind the words before the place in the message, empty or with a space at the end
     * @param place the location of the configuration, without credentials
     */
    ConfigurationErrors(String kind, String place) {
        this.kind = kind;
        this.place = place;
    }

    /** Adds an error of a value; the origin is null if the line is not known. */
    void add(@Nullable ConfigOrigin origin, String text) {
        all.add(line(origin) + ": " + text);
    }

    /** Returns file and line of a value, for messages. */
    String line(@Nullable ConfigOrigin origin) {
        if (origin == null) {
            return place;
        }
        String file =
                origin.url() == null ? place : Credentials.hiddenIn(origin.url().toString());
        return origin.lineNumber() < 0 ? file : file + ", line " + origin.lineNumber();
    }

    /** Adds an error whose text has file and line. */
    void add(String text) {
        all.add(text);
    }

    /** Adds an error for each unknown key of an object. */
    void rejectUnknown(ConfigObject object, List<String> known, String where) {
        object.forEach((key, value) -> {
            if (!known.contains(key)) {
                add(
                        value.origin(),
                        "unknown name '" + Credentials.shownName(key) + "' in " + where + "; did you mean '"
                                + DidYouMean.to(key, known) + "'?");
            }
        });
    }

    /** Returns the type of a value, for messages. */
    static String describe(ConfigValue value) {
        return value.valueType() == ConfigValueType.NULL
                ? "null"
                : "a " + value.valueType().name().toLowerCase(Locale.ROOT);
    }

    void throwIfAny() {
        if (!all.isEmpty()) {
            throw failure();
        }
    }

    /** Returns an exception with all errors. */
    IllegalArgumentException failure() {
        return new IllegalArgumentException(kind + place + " has "
                + (all.size() == 1 ? "a problem" : all.size() + " problems") + ":\n  " + String.join("\n  ", all));
    }
}
