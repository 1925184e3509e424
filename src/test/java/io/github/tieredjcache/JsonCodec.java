package io.github.tieredjcache;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** The codec for JSON of the documentation of {@link TieredCodec}. */
public final class JsonCodec<V> implements TieredCodec<V> {
    private final ObjectMapper mapper = new ObjectMapper();

    @Override
    public String name() {
        return "json-1";
    }

    @Override
    public byte[] encode(V value) throws IOException {
        return mapper.writeValueAsBytes(value);
    }

    @Override
    public V decode(byte[] bytes, Class<V> type, ClassLoader loader) throws IOException {
        return mapper.readValue(bytes, type);
    }
}
