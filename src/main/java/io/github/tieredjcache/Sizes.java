package io.github.tieredjcache;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as people write them: {@code 4096}, {@code 4KiB}, {@code 16MiB}. */
final class Sizes {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,10})\\s*(KiB|MiB)?");

    private Sizes() {}

    static int parse(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must be a number of bytes such as 4096, 4KiB or 16MiB");
        }
        String unit = matcher.group(2);
        int shift = unit == null ? 0 : unit.equals("KiB") ? 10 : 20;
        return (int) Math.min(Long.parseLong(matcher.group(1)) << shift, Integer.MAX_VALUE);
    }

    static String show(int bytes) {
        if (bytes % (1 << 20) == 0) {
            return (bytes >> 20) + "MiB";
        }
        return bytes % (1 << 10) == 0 ? (bytes >> 10) + "KiB" : String.valueOf(bytes);
    }
}
