package io.github.tieredjcache;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Parses the secret keys of a setting: Base64, separated by commas. Messages and beans never show a key. */
final class HmacKeys {
    private static final int BYTES_MIN = 32;

    private HmacKeys() {}

    /** Returns the rule that a text breaks, or null. The empty text means no keys. */
    static @Nullable String brokenRule(String text) {
        try {
            boolean tooShort = parse(text).stream().anyMatch(key -> key.getEncoded().length < BYTES_MIN);
            return tooShort ? "must be keys of at least " + BYTES_MIN + " bytes" : null;
        } catch (IllegalArgumentException e) {
            // The message of the decoder quotes the text, which is secret.
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
