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

    /** Returns the rule that the keys break, or null. */
    static @Nullable String brokenRule(List<SecretKey> keys) {
        return keys.stream().anyMatch(HmacKeys::isTooShort) ? "must be keys of at least " + BYTES_MIN + " bytes" : null;
    }

    private static boolean isTooShort(SecretKey key) {
        // A key that never leaves a hardware device has no encoded form.
        byte[] encoded = key.getEncoded();
        return encoded != null && encoded.length < BYTES_MIN;
    }

    static String withoutKeys(List<SecretKey> keys) {
        return keys.isEmpty() ? "" : "***";
    }

    /**
     * Returns the keys of a text; throws {@link IllegalArgumentException} with the rule. An empty text is refused: a
     * variable without a value would switch the signatures off.
     */
    @SuppressWarnings("UnusedException") // The message of the decoder quotes the text, which is secret.
    static List<SecretKey> parse(String text) {
        List<SecretKey> keys = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            try {
                keys.add(new SecretKeySpec(Base64.getDecoder().decode(each.strip()), "HmacSHA256"));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("must be keys in Base64, separated by commas, and none empty");
            }
        }
        return List.copyOf(keys);
    }
}
