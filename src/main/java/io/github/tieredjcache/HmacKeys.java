package io.github.tieredjcache;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Secret keys as a setting has them: in Base64, separated by commas. None of them is ever shown. */
final class HmacKeys {
    private static final int BYTES_MIN = 32;

    private HmacKeys() {}

    /** Returns the rule that a text breaks, or null; the empty text stands for no keys. */
    static @Nullable String brokenRule(String text) {
        try {
            boolean tooShort = parse(text).stream().anyMatch(key -> key.getEncoded().length < BYTES_MIN);
            return tooShort ? "must be keys of at least " + BYTES_MIN + " bytes" : null;
        } catch (IllegalArgumentException e) {
            // Not the decoder's own words: they quote the text.
            return "must be keys in Base64, separated by commas";
        }
    }

    static String withoutKeys(String text) {
        return text.isEmpty() ? "" : "***";
    }

    static List<SecretKey> parse(String text) {
        List<SecretKey> keys = new ArrayList<>();
        if (!text.isEmpty()) {
            for (String each : text.split(",", -1)) {
                keys.add(new SecretKeySpec(Base64.getDecoder().decode(each.strip()), "HmacSHA256"));
            }
        }
        return List.copyOf(keys);
    }
}
