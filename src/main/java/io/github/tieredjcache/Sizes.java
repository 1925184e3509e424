package io.github.tieredjcache;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses and formats numbers of bytes: {@code 4096}, {@code 4KiB}, {@code 16MiB}, {@code 2GiB}. */
final class Sizes {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,10})\\s*(KiB|MiB|GiB)?");

    private Sizes() {}

    static long parse(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must be a number of bytes such as 4096, 4KiB or 16MiB");
        }
        String unit = matcher.group(2);
        long number = Long.parseLong(matcher.group(1));
        if (unit == null) {
            return number;
        }
        return number
                << switch (unit) {
                    case "KiB" -> 10;
                    case "MiB" -> 20;
                    default -> 30;
                };
    }

    static String show(long bytes) {
        if (bytes == 0) {
            return "0";
        }
        if (bytes % (1 << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        if (bytes % (1 << 20) == 0) {
            return (bytes >> 20) + "MiB";
        }
        return bytes % (1 << 10) == 0 ? (bytes >> 10) + "KiB" : String.valueOf(bytes);
    }
}
