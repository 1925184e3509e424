package io.github.tieredjcache.internal.remote.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The Redis keys of one partition of a cache: {@code <namespace>:<cache>:<epoch>:<key bytes>} for its entries, and a few
 * keys without an epoch for its state. Without a cluster the partition is the whole cache. In a Redis Cluster the keys
 * begin with the hash tag of the partition, <code>{&lt;namespace&gt;:&lt;number&gt;}&lt;cache&gt;:</code>, which puts all
 * of them into one slot.
 *
 * <p>In namespace and name all characters except letters, digits, dot, underscore and hyphen are percent-encoded, so
 * that the keys of two caches never overlap and no name contains a wildcard of SCAN.
 */
public final class KeySpace {
    private final String name;
    private final byte[] prefix;
    private final byte[] staleDigits;
    private final long storedEntryBytesMax;

    /**
     * Creates the keys of a cache without a cluster.
     *
     * @param staleMillis for how long Redis keeps an expired entry
     */
    public KeySpace(String namespace, String cacheName, long staleMillis) {
        this(namespace, cacheName, staleMillis, Integer.MAX_VALUE, null);
    }

    /**
     * Creates the keys of a partition.
     *
     * @param staleMillis for how long Redis keeps an expired entry
     * @param storedEntryBytesMax the maximum length of a stored entry; a longer one is not read
     * @param hashTag of the partition, one of {@link PartitionTags}; null without a cluster
     */
    public KeySpace(
            String namespace, String cacheName, long staleMillis, long storedEntryBytesMax, @Nullable String hashTag) {
        name = escape(namespace) + ":" + escape(cacheName);
        staleDigits = Digits.of(staleMillis);
        this.storedEntryBytesMax = storedEntryBytesMax;
        prefix = (hashTag == null ? name + ":" : "{" + hashTag + "}" + escape(cacheName) + ":").getBytes(US_ASCII);
    }

    /** Returns the pattern of the beginning of all keys of a cache in a Redis Cluster, for people. */
    public static String clusterPrefix(String namespace, String cacheName) {
        return "{" + escape(namespace) + ":*}" + escape(cacheName) + ":";
    }

    /** Returns the pattern of all keys of a namespace, as the ACL of Redis takes it. */
    public static String namespacePattern(String namespace, boolean isCluster) {
        return (isCluster ? "{" : "") + escape(namespace) + ":*";
    }

    /** Returns the key that holds the number of partitions of the cache; it is the same in the first partition only. */
    public byte[] partitionsKey() {
        return appended("partitions");
    }

    /** Returns the key that holds the number of the current epoch. */
    public byte[] epochKey() {
        return appended("epoch");
    }

    /**
     * Returns the key that holds the number of an epoch; entries of earlier epochs may be left and are to be removed.
     */
    public byte[] leftoversKey() {
        return appended("leftovers");
    }

    /** Returns the key that holds the id of the server's data set with which the epoch began. */
    public byte[] historyKey() {
        return appended("history");
    }

    /** Returns the key that holds the id of the node that removes the leftovers. */
    public byte[] reclaimerKey() {
        return appended("reclaimer");
    }

    /** Returns a key that never has a value. */
    public byte[] probeKey() {
        return appended("probe");
    }

    /** Returns for how many milliseconds Redis keeps an expired entry, in ASCII digits for the scripts. */
    byte[] staleDigits() {
        return staleDigits;
    }

    /** Returns the maximum length of a stored entry. */
    public long storedEntryBytesMax() {
        return storedEntryBytesMax;
    }

    /** Returns the key that marks the entry of an encoded key as being refreshed ahead of its expiry. */
    public byte[] refreshKey(byte[] encoded) {
        byte[] start = appended("refresh:");
        byte[] key = Arrays.copyOf(start, start.length + encoded.length);
        System.arraycopy(encoded, 0, key, start.length, encoded.length);
        return key;
    }

    /** Returns the key that holds the hot keys. */
    public byte[] hotKeysKey() {
        return appended("hot");
    }

    /** Returns the prefix of the Redis keys of an epoch. */
    byte[] prefixOf(long epoch) {
        return appended(epoch + ":");
    }

    /** Returns the pattern that matches all keys of this cache and no others. */
    public byte[] pattern() {
        return appended("*");
    }

    /** Returns whether a key of this cache belongs to an entry of an earlier epoch than the given one. */
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

    /** Returns namespace and name. */
    @Override
    public String toString() {
        return name;
    }

    static String escape(String name) {
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

    // Encodes UTF-8 itself: the JDK's encoder turns every lone surrogate into '?', so two names would get the same
    // keys.
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
