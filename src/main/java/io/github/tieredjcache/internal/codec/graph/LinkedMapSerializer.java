package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Serializes a {@link LinkedHashMap}: whether it is in access order, then its entries in order. */
@SuppressWarnings("NonApiType") // only LinkedHashMap has an access order
final class LinkedMapSerializer extends TypeSerializer<LinkedHashMap<@Nullable Object, @Nullable Object>> {
    private static final float LOAD_FACTOR = 0.75f;

    LinkedMapSerializer() {
        super(Kind.CONTAINER);
    }

    @Override
    void write(KryoSession session, Output output, LinkedHashMap<@Nullable Object, @Nullable Object> map) {
        output.writeBoolean(isInAccessOrder(map));
        @Nullable Object[] parts = MapSerializer.parts(map);
        session.writeCount(output, parts.length / 2);
        session.openWritten(map);
        MapSerializer.writeParts(session, output, parts, new Collisions(session.budget(), parts.length / 2, true));
        session.closeLast();
    }

    @Override
    LinkedHashMap<@Nullable Object, @Nullable Object> read(KryoSession session, Input input) {
        boolean accessOrder = input.readBoolean();
        int count = session.claimCount(input);
        LinkedHashMap<@Nullable Object, @Nullable Object> map =
                new LinkedHashMap<>(MapSerializer.capacity(count), LOAD_FACTOR, accessOrder);
        MapSerializer.readParts(session, input, new Collisions(session.budget(), count, true), count, map, map);
        return map;
    }

    @Override
    LinkedHashMap<@Nullable Object, @Nullable Object> copy(
            DeepCopy deepCopy, LinkedHashMap<@Nullable Object, @Nullable Object> original) {
        LinkedHashMap<@Nullable Object, @Nullable Object> copy = clone(original);
        deepCopy.register(original, copy);
        @Nullable Object[] parts = MapSerializer.parts(original);
        if (!ElementIo.copy(deepCopy, parts)) {
            return copy;
        }
        copy.clear();
        for (int i = 0; i < parts.length; i += 2) {
            copy.put(parts[i], parts[i + 1]);
        }
        return copy;
    }

    /** Returns whether the map is in access order. It has no getter for that, so this method observes a small clone. */
    private static boolean isInAccessOrder(LinkedHashMap<@Nullable Object, @Nullable Object> map) {
        Map<@Nullable Object, @Nullable Object> twin = clone(map);
        twin.clear();
        twin.put("first", "");
        twin.put("second", "");
        twin.get("first");
        return "second".equals(twin.keySet().iterator().next());
    }

    @SuppressWarnings("unchecked")
    private static LinkedHashMap<@Nullable Object, @Nullable Object> clone(
            LinkedHashMap<@Nullable Object, @Nullable Object> map) {
        return (LinkedHashMap<@Nullable Object, @Nullable Object>) map.clone();
    }
}
