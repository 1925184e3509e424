package io.github.tieredjcache.internal.remote.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.internal.coherence.TrackingGeneration;
import java.util.Arrays;

/**
 * The Redis keys of one cache: {@code <namespace>:<cache>:<epoch>:<key bytes>} for its entries, and a few without a third
 * colon for what is to be known of the whole cache. In a Redis Cluster namespace and name stand in braces, <code>{&lt;namespace&gt;:&lt;cache&gt;}:</code>
 * and so on: that is their hash tag, by which they are all of one slot.
 *
 * <p>Namespace and name are percent-encoded, all but letters, digits, dot, underscore and hyphen, so that no name reaches
 * into another cache and none contains a wildcard of SCAN.
 */
public final class KeySpace {
    private final byte[] prefix;
    private final byte[] staleDigits;
    private final long cellBytesMax;

    /**
     * Creates the keys of a cache.
     *
     * @param staleMillis how long Redis keeps an entry when it has ended
     */
    public KeySpace(String namespace, String cacheName, long staleMillis) {
        this(namespace, cacheName, staleMillis, Integer.MAX_VALUE, false);
    }

    /**
     * As above.
     *
     * @param cellBytesMax how much may stand in a key; what is more is not read
     * @param inCluster whether the keys are those of a Redis Cluster
     */
    public KeySpace(String namespace, String cacheName, long staleMillis, long cellBytesMax, boolean inCluster) {
        String both = hashTag(namespace, cacheName);
        staleDigits = RedisCommand.number(staleMillis);
        this.cellBytesMax = cellBytesMax;
        prefix = (inCluster ? "{" + both + "}:" : both + ":").getBytes(US_ASCII);
    }

    /** Returns what stands in the braces of the keys of a cache in a Redis Cluster; there is no brace in it. */
    public static String hashTag(String namespace, String cacheName) {
        return escape(namespace) + ":" + escape(cacheName);
    }

    /** Returns the key that holds the number of the current epoch. */
    public byte[] epochKey() {
        return appended("epoch");
    }

    /** Returns the key that holds the number of an epoch before which entries may be left to be reclaimed. */
    public byte[] leftoversKey() {
        return appended("leftovers");
    }

    /** Returns the key that says with which data of a server the epoch began. */
    public byte[] historyKey() {
        return appended("history");
    }

    /** Returns the key that the node which reclaims them holds. */
    public byte[] reclaimerKey() {
        return appended("reclaimer");
    }

    /** Returns a key that never has a value. */
    public byte[] probeKey() {
        return appended("probe");
    }

    /** Returns how many milliseconds Redis keeps an entry when it has ended, as scripts take it. */
    byte[] staleDigits() {
        return staleDigits;
    }

    /** Returns how much may stand in a key. */
    public long cellBytesMax() {
        return cellBytesMax;
    }

    /** Returns the key that says that the entry of an encoded key is being loaded again before its end. */
    public byte[] refreshKey(byte[] encoded) {
        byte[] start = appended("refresh:");
        byte[] key = Arrays.copyOf(start, start.length + encoded.length);
        System.arraycopy(encoded, 0, key, start.length, encoded.length);
        return key;
    }

    /** Returns the key that holds the keys which nodes have read most. */
    public byte[] hotKeysKey() {
        return appended("hot");
    }

    /** Returns the epoch of a number. */
    public Epoch epoch(long number, TrackingGeneration generation, boolean announced) {
        return new Epoch(this, number, generation, announced);
    }

    /** Returns what comes before the key bytes in an epoch. */
    byte[] prefixOf(long epoch) {
        return appended(epoch + ":");
    }

    /** Returns the pattern that matches all keys of this cache and no others. */
    public byte[] pattern() {
        return appended("*");
    }

    /** Returns whether a key of this cache is that of an entry of an epoch before this one. */
    public boolean isOfEpochBefore(byte[] redisKey, long epoch) {
        long number = 0;
        for (int i = prefix.length; i < redisKey.length; i++) {
            int digit = redisKey[i] - '0';
            if (redisKey[i] == ':') {
                return i > prefix.length && number < epoch;
            }
            if (digit < 0 || digit > 9 || number > (Long.MAX_VALUE - digit) / 10) {
                return false;
            }
            number = number * 10 + digit;
        }
        return false;
    }

    private byte[] appended(String ascii) {
        byte[] tail = ascii.getBytes(US_ASCII);
        byte[] key = Arrays.copyOf(prefix, prefix.length + tail.length);
        System.arraycopy(tail, 0, key, prefix.length, tail.length);
        return key;
    }

    /** Shows namespace and name. */
    @Override
    public String toString() {
        return new String(prefix, 0, prefix.length - 1, US_ASCII);
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
