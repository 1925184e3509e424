package io.github.tieredjcache;

/**
 * Gives the keys of one cache a text of the user's own, under which their entries stand in Redis; for key classes that
 * have no canonical form otherwise, or not the one that others expect to find there.
 *
 * <p>Two keys must have the same text if and only if they are equal, in every process that uses the cache, now and in
 * later versions of the application. The first key of each class is tried: what {@link #decode} makes of its text must
 * equal it, with the same hash code and the same text. Used by many threads at once.
 *
 * @param <K> the type of the cache's keys
 */
public interface TieredKeyEncoder<K> {
    /**
     * Returns the text of a key. It should be short: it is sent with each command, and may have no more bytes in UTF-8
     * than {@code codec.maximum-key-size}. Any character may be in it.
     *
     * <p>What it throws reaches the caller of the cache as the cause of a {@code CacheException}.
     */
    String encode(K key);

    /**
     * Returns the key that has this text, for iterations and for what a starting node fills its memory with.
     *
     * <p>Whoever can write to Redis decides what the text is. If it is that of no key this throws any exception; the
     * entry is then skipped, and counted as undecodable.
     */
    K decode(String text);
}
