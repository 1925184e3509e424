package io.github.tieredjcache;

/**
 * Converts the keys of one cache to texts, which become a part of their Redis keys, and back. For key classes that have
 * no canonical form, or for a form that other programs expect in Redis. Set by {@link
 * TieredConfiguration.Builder#keyEncoder}.
 *
 * <pre>{@code
 * final class OrderKeyEncoder implements TieredKeyEncoder<OrderKey> {
 *     public String encode(OrderKey key) {
 *         return key.shop() + "/" + key.number();
 *     }
 *
 * public OrderKey decode(String text) { int slash = text.lastIndexOf('/'); return new OrderKey(text.substring(0,
 * slash), Long.parseLong(text.substring(slash + 1))); } } }</pre>
 *
 * <p>Two keys must have the same text if and only if they are equal, in every process that uses the cache, now and in
 * later versions of the application. The cache checks the first key of each class: the key that {@link #decode} returns
 * for its text must equal it, with the same hash code and the same text.
 *
 * <p>Must be safe for use by many threads at once.
 *
 * @param <K> the type of the cache's keys
 */
public interface TieredKeyEncoder<K> {
    /**
     * Returns the text of a key. It may contain any character. It should be short, since each command sends it; its
     * UTF-8 form may have at most {@code codec.maximum-key-size} bytes.
     *
     * <p>The caller of the cache receives a {@code CacheException} whose cause is the exception of this method, if it
     * throws.
     *
     * @param key never null
     * @return the text, not null
     */
    String encode(K key);

    /**
     * Returns the key of a text; called by iterations and by a warm start.
     *
     * <p>The text comes from Redis, so any program that can write to Redis determines it. For a text that is not the
     * text of a key this method throws any exception; the entry is then skipped and counted as undecodable.
     *
     * @param text never null
     * @return the key, not null
     */
    K decode(String text);
}
