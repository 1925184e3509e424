package io.github.tieredjcache;

/**
 * Converts the values of a cache to bytes in Redis and back, in place of the library's own codec: JSON, CBOR, Fory or a
 * format of your own. Set by {@link TieredConfiguration.Builder#codec}, or by the setting {@code codec.class}. A codec
 * for JSON by Jackson:
 *
 * <pre>{@code
 * final class JsonCodec<V> implements TieredCodec<V> {
 *     private final ObjectMapper mapper = new ObjectMapper();
 *
 * public String name() { return "json-1"; }
 *
 * public byte[] encode(V value) throws IOException { return mapper.writeValueAsBytes(value); }
 *
 * public V decode(byte[] bytes, Class<V> type, ClassLoader loader) throws IOException { return mapper.readValue(bytes,
 * type); } } }</pre>
 *
 * <p><strong>Threads and lifecycle.</strong> One instance serves one cache and must be safe for use by many threads at
 * once. The cache closes an instance that is {@link java.io.Closeable}. Keys are never encoded by it: equal keys must
 * be equal bytes, so the format of keys is the library's own.
 *
 * <p><strong>Integrity.</strong> The library stores with each entry the name of the codec, and a checksum or a
 * signature over key and bytes. So {@code decode} receives only complete bytes that a codec of the same name wrote for
 * that key, in an array of its own.
 *
 * <p><strong>Failures.</strong> A codec fails if it throws, returns null, or returns a value of another type. If {@code
 * encode} fails, the put throws a {@link javax.cache.CacheException} before anything has changed. If {@code decode}
 * fails, the entry counts as missing, see {@link TierStatistics#undecodableValues(UndecodableReason)}; the reader
 * receives no exception.
 *
 * <p><strong>Security.</strong> The setting {@code codec.allowed} has no effect on a codec of your own. A codec whose
 * bytes name the classes to instantiate lets every program that can write to Redis choose these classes.
 *
 * <p><strong>Copies.</strong> A cache that stores by value copies a mutable value by encoding it and decoding the
 * bytes, on each put and each get. Values of immutable classes (such as records and final classes of immutable JDK
 * types) are not copied. For other classes {@code storeByValue(false)} saves the copies, if no code modifies a cached
 * value.
 *
 * @param <V> the type of the values
 */
public interface TieredCodec<V> {
    /**
     * Returns the name of the format; called once per cache. The name is stored with each value. Change it when the
     * format changes: then values of the old format count as missing. Names are compared within one cache only.
     *
     * @return 1 to 32 of the characters {@code a-z}, {@code 0-9}, {@code .}, {@code _} and {@code -}; must not begin
     *     with {@code tiered}
     */
    String name();

    /**
     * Returns a value as bytes. Must not change the value.
     *
     * @param value never null
     * @return the bytes, not null; the library copies them
     * @throws Exception if the value cannot be encoded, or could not be decoded again; becomes the cause of the
     *     exception that the put throws
     */
    byte[] encode(V value) throws Exception;

    /**
     * Returns the value that {@link #encode} converted to these bytes.
     *
     * @param bytes never null; used by this call only
     * @param type the configured type of the cache's values, {@code Object.class} if none is configured
     * @param loader the class loader of the cache manager, for codecs that look up classes
     * @return the value, not null: a new instance of {@code type} that nothing else refers to
     * @throws Exception if the bytes are not, or no longer, a valid value
     */
    V decode(byte[] bytes, Class<V> type, ClassLoader loader) throws Exception;
}
