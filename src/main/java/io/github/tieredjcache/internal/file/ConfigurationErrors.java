package io.github.tieredjcache.internal.file;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with a file; all of it, so that nobody has to start an application once a mistake. */
final class ConfigurationErrors {
    private final String place;
    private final List<String> all = new ArrayList<>();

    ConfigurationErrors(String place) {
        this.place = place;
    }

    /** Notes a problem of a value; the origin is null if nobody knows where it is. */
    void add(@Nullable ConfigOrigin origin, String text) {
        all.add(line(origin) + ": " + text);
    }

    /** Returns the line of a value as messages show it. */
    String line(@Nullable ConfigOrigin origin) {
        if (origin == null) {
            return place;
        }
        String file =
                origin.url() == null ? place : Credentials.hiddenIn(origin.url().toString());
        return origin.lineNumber() < 0 ? file : file + ", line " + origin.lineNumber();
    }

    /** Notes a problem whose text says where it is. */
    void add(String text) {
        all.add(text);
    }

    /** Notes the keys of an object that are none of the known ones. */
    void refuseOthers(ConfigObject object, List<String> known, String where) {
        object.forEach((key, value) -> {
            if (!known.contains(key)) {
                add(
                        value.origin(),
                        "unknown name '" + Credentials.shownName(key) + "' in " + where + "; did you mean '"
                                + DidYouMean.to(key, known) + "'?");
            }
        });
    }

    void throwIfAny() {
        if (!all.isEmpty()) {
            throw failure();
        }
    }

    /** Returns what says all that was noted. */
    IllegalArgumentException failure() {
        return new IllegalArgumentException("the configuration file " + place + " has "
                + (all.size() == 1 ? "a problem" : all.size() + " problems") + ":\n  " + String.join("\n  ", all));
    }
}
