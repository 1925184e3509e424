package io.github.tieredjcache;

/**
 * How the values of a cache become bytes in Redis and values again, where that is not left to the library: JSON, CBOR, Fory or a
 * form of one's own. A codec for JSON by Jackson is as short as this:
 *
 * <pre>{@code
 * final class JsonCodec<V> implements TieredCodec<V> {
 *     private final ObjectMapper mapper = new ObjectMapper();
 *
 *     public String name() {
 *         return "json-1";
 *     }
 *
 *     public byte[] encode(V value) throws IOException {
 *         return mapper.writeValueAsBytes(value);
 *     }
 *
 *     public V decode(byte[] bytes, Class<V> type, ClassLoader loader) throws IOException {
 *         return mapper.readValue(bytes, type);
 *     }
 * }
 * }</pre>
 *
 * <p>Given to {@link TieredConfiguration.Builder#codec}, or named by the setting {@code codec.class}. One instance serves a cache
 * and is called by many threads at once; if it is {@link java.io.Closeable}, it is closed with the cache. Keys are not its matter:
 * equal keys must be equal bytes, so their form is the library's own.
 *
 * <p>The library adds what a codec would only forget: each entry says which codec wrote it and has a checksum or a signature over
 * its key and bytes, so a codec is given only what a codec of the same name wrote for that key, whole. It is given an array of its
 * own each time. What it throws, returns null for or returns of another type never reaches the reader of a cache: {@code encode}
 * makes the put fail with a {@link javax.cache.CacheException}, before anything has changed; {@code decode} makes the entry count
 * as missing, see {@link TierStatistics#undecodableValues(UndecodableReason)}.
 *
 * <p>What is allowed to be read is the codec's own matter as well: {@code codec.allowed} has no effect on it. A codec that lets
 * bytes name the classes that are made of them lets who can write to Redis choose.
 *
 * <p>A cache that stores by value copies what is mutable by encoding it and decoding the bytes, on each put and on each get.
 * Values of immutable classes (records and final classes of immutable JDK types, for instance) are not copied; for others {@code
 * storeByValue(false)} saves it, where all agree not to change what is cached.
 *
 * @param <V> the type of the values
 */
public interface TieredCodec<V> {
    /**
     * Returns the name that stands in what this codec writes; asked for once. Where the form of the bytes changes, so should the
     * name: then the values in the old form count as missing. Others may use any name, since codecs are compared only within one cache.
     *
     * @return 1 to 32 of the characters {@code a-z}, {@code 0-9}, {@code .}, {@code _} and {@code -}; nothing that begins with {@code
     *     tiered}
     */
    String name();

    /**
     * Returns a value as bytes. Does not change the value.
     *
     * @param value never null
     * @return the bytes, not null; they are copied
     * @throws Exception if the value cannot be encoded, or could not be decoded again; it becomes the cause of what the put throws
     */
    byte[] encode(V value) throws Exception;

    /**
     * Returns the value of which {@link #encode} made these bytes.
     *
     * @param bytes for this call only
     * @param type the type of the values that the cache is configured with, {@code Object.class} if it has none
     * @param loader the loader of the cache manager: the one by which classes are to be found, if bytes name any
     * @return the value, not null, an instance of that type that nobody else has
     * @throws Exception if these bytes are no value, or no longer
     */
    V decode(byte[] bytes, Class<V> type, ClassLoader loader) throws Exception;
}
