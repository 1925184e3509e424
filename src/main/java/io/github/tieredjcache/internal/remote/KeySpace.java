package io.github.tieredjcache.internal.remote;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * The Redis keys of one cache: {@code <namespace>:<cache>:<epoch>:<key bytes>}.
 *
 * <p>Namespace and name are percent-encoded, all but letters, digits, dot, underscore and hyphen, so that no name reaches
 * into another cache and none contains a wildcard of SCAN.
 */
final class KeySpace {
    // Caches do not change their epoch yet.
    private static final int EPOCH = 0;

    private final byte[] prefix;

    KeySpace(String namespace, String cacheName) {
        prefix = (escape(namespace) + ":" + escape(cacheName) + ":" + EPOCH + ":").getBytes(US_ASCII);
    }

    /** Returns the Redis key of an encoded key. */
    byte[] redisKey(byte[] encoded) {
        byte[] key = Arrays.copyOf(prefix, prefix.length + encoded.length);
        System.arraycopy(encoded, 0, key, prefix.length, encoded.length);
        return key;
    }

    /** Returns the encoded key of a Redis key of this cache. */
    byte[] encodedKey(byte[] redisKey) {
        return Arrays.copyOfRange(redisKey, prefix.length, redisKey.length);
    }

    /** Returns the pattern that matches the Redis keys of this cache and no others. */
    byte[] pattern() {
        byte[] pattern = Arrays.copyOf(prefix, prefix.length + 1);
        pattern[prefix.length] = '*';
        return pattern;
    }

    private static String escape(String name) {
        StringBuilder escaped = new StringBuilder();
        name.codePoints().forEach(each -> {
            if (isPlain(each)) {
                escaped.appendCodePoint(each);
            } else {
                escapeCodePoint(escaped, each);
            }
        });
        return escaped.toString();
    }

    private static boolean isPlain(int codePoint) {
        return (codePoint >= 'a' && codePoint <= 'z')
                || (codePoint >= 'A' && codePoint <= 'Z')
                || (codePoint >= '0' && codePoint <= '9')
                || codePoint == '.'
                || codePoint == '_'
                || codePoint == '-';
    }

    // UTF-8 by hand: the JDK's encoder turns every lone surrogate into '?', and two names would be one.
    private static void escapeCodePoint(StringBuilder escaped, int codePoint) {
        if (codePoint < 0x80) {
            escapeByte(escaped, codePoint);
            return;
        }
        int continuations = codePoint < 0x800 ? 1 : codePoint < 0x10000 ? 2 : 3;
        int marker = (0xF00 >> (continuations + 1)) & 0xFF;
        escapeByte(escaped, marker | (codePoint >> (6 * continuations)));
        for (int i = continuations - 1; i >= 0; i--) {
            escapeByte(escaped, 0x80 | ((codePoint >> (6 * i)) & 0x3F));
        }
    }

    private static void escapeByte(StringBuilder escaped, int unsigned) {
        escaped.append('%')
                .append(Character.toUpperCase(Character.forDigit(unsigned >> 4, 16)))
                .append(Character.toUpperCase(Character.forDigit(unsigned & 0xF, 16)));
    }
}
