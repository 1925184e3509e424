package io.github.tieredjcache.internal.codec.key;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import io.github.tieredjcache.internal.codec.graph.AllowList;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptor;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
import io.github.tieredjcache.internal.codec.graph.ClassTraits;
import io.github.tieredjcache.internal.codec.graph.FieldAccessor;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Encodes keys that have parts, so that equal keys have equal bytes. Sets and maps are written in the order of their
 * elements' bytes. Lists, sets and maps are written without their class, since any two lists of equal elements are
 * equal. Objects are written as class and fields.
 */
final class CompositeKeys {
    private static final int DEPTH_MAX = 64;

    private static final byte NULL = 'n';
    private static final byte SCALAR = 's';
    private static final byte LIST = 'l';
    private static final byte SET = 't';
    private static final byte MAP = 'm';
    private static final byte OPTIONAL = 'o';
    private static final byte OBJECT = 'r';
    private static final byte ARRAY = 'a';

    private final ReadableKeys readableKeys;
    private final AllowList allowed;
    private final ClassDescriptors descriptors;
    private final Map<Class<?>, KeyLayout> layouts = new ConcurrentHashMap<>();
    private final ContainerChecks containerChecks = new ContainerChecks();
    private final KeyRelatives relatives;

    CompositeKeys(ReadableKeys readableKeys, AllowList allowed, ClassDescriptors descriptors) {
        this.readableKeys = readableKeys;
        this.allowed = allowed;
        this.descriptors = descriptors;
        this.relatives = new KeyRelatives(descriptors);
    }

    void write(Output output, @Nullable Object part, int depth) {
        if (depth > DEPTH_MAX) {
            throw new UnencodableException("a key must have at most " + DEPTH_MAX + " levels and no cycle");
        }
        if (part == null) {
            output.writeByte(NULL);
            return;
        }
        byte[] text = readableKeys.encode(part);
        if (text != null) {
            output.writeByte(SCALAR);
            writeBytes(output, text);
        } else if (part instanceof Optional<?> optional) {
            output.writeByte(OPTIONAL);
            write(output, optional.orElse(null), depth + 1);
        } else if (part instanceof Collection || part instanceof Map || ClassTraits.isJdk(part.getClass())) {
            writeContainer(output, part, depth);
        } else {
            writeObject(output, part, depth);
        }
    }

    /** Writes no class: any two lists of equal elements are equal, whatever their classes, as are sets and maps. */
    private void writeContainer(Output output, Object part, int depth) {
        int start = output.position();
        ContainerChecks.checkOrder(part);
        if (part instanceof List<?> list) {
            output.writeByte(LIST);
            writeAll(output, parts(list, depth));
        } else if (part instanceof Set<?> set) {
            output.writeByte(SET);
            List<byte[]> elements = parts(set, depth);
            elements.sort(Arrays::compareUnsigned);
            writeAll(output, elements);
        } else if (part instanceof Map<?, ?> map && !(part instanceof IdentityHashMap)) {
            output.writeByte(MAP);
            writeEntries(output, map, depth);
        } else {
            throw new UnencodableException("class " + part.getClass().getName()
                    + " has no canonical form as a key; use a String, a number, a UUID, an enum, a record of such, or"
                    + " a list, set or map of such, or give the cache a TieredKeyEncoder");
        }
        if (containerChecks.needsCheck(part)) {
            containerChecks.run(new KeyRoundTripCheck(this::read, part, bytesSince(output, start)), part);
        }
    }

    private List<byte[]> parts(Collection<?> collection, int depth) {
        List<byte[]> parts = new ArrayList<>(collection.size());
        for (Object element : collection) {
            parts.add(bytesOf(element, depth + 1));
        }
        return parts;
    }

    private void writeEntries(Output output, Map<?, ?> map, int depth) {
        List<byte[][]> entries = new ArrayList<>(map.size());
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            entries.add(new byte[][] {bytesOf(entry.getKey(), depth + 1), bytesOf(entry.getValue(), depth + 1)});
        }
        entries.sort((a, b) -> Arrays.compareUnsigned(a[0], b[0]));
        output.writeVarInt(entries.size(), true);
        for (byte[][] entry : entries) {
            output.writeBytes(entry[0]);
            output.writeBytes(entry[1]);
        }
    }

    private byte[] bytesOf(@Nullable Object part, int depth) {
        Output output = new Output(64, -1);
        write(output, part, depth);
        return output.toBytes();
    }

    private static void writeAll(Output output, List<byte[]> parts) {
        output.writeVarInt(parts.size(), true);
        parts.forEach(output::writeBytes);
    }

    private void writeObject(Output output, Object part, int depth) {
        KeyLayout layout = layout(part.getClass());
        layout.checkNotRefused();
        boolean needsCheck = layout.isUnchecked();
        int start = output.position();
        output.writeByte(OBJECT);
        writeBytes(output, layout.name());
        output.writeLong(layout.fingerprint());
        List<FieldAccessor> fields = layout.fields();
        for (int i = 0; i < fields.size(); i++) {
            FieldAccessor field = fields.get(i);
            try {
                Object value = field.get(part);
                needsCheck |= layout.needsCheck(i, value);
                writeField(output, value, depth + 1);
            } catch (UnencodableException e) {
                throw e.under(field.step());
            }
        }
        if (needsCheck) {
            new KeyRoundTripCheck(this::read, part, bytesSince(output, start)).run(layout, relatives);
        }
    }

    private KeyLayout layout(Class<?> type) {
        KeyLayout known = layouts.get(type);
        if (known != null) {
            return known;
        }
        ClassDescriptor descriptor = descriptors.get(type);
        ClassDescriptor unlearned = descriptor.refusal() == null ? allowed.check(type) : null;
        KeyLayout layout = KeyLayout.of(descriptor);
        if (unlearned != null) {
            allowed.learn(unlearned);
        }
        layouts.put(type, layout);
        return layout;
    }

    private static byte[] bytesSince(Output output, int start) {
        return Arrays.copyOfRange(output.getBuffer(), start, output.position());
    }

    /**
     * Writes a field. It may hold an array, provided that the object's {@code equals} compares the elements, which
     * {@link KeyRoundTripCheck} verifies.
     */
    private void writeField(Output output, @Nullable Object value, int depth) {
        if (value == null || !value.getClass().isArray() || depth > DEPTH_MAX) {
            write(output, value, depth);
            return;
        }
        allowed.checkAndLearn(value.getClass());
        output.writeByte(ARRAY);
        writeBytes(output, value.getClass().getName().getBytes(StandardCharsets.UTF_8));
        int length = Array.getLength(value);
        output.writeVarInt(length, true);
        for (int i = 0; i < length; i++) {
            try {
                writeField(output, Array.get(value, i), depth + 1);
            } catch (UnencodableException e) {
                throw e.under("[" + i + "]");
            }
        }
    }

    /**
     * Reads a part.
     *
     * @param wanted the type that the caller needs: among types whose objects equal each other, this one is created
     */
    @Nullable
    Object read(Input input, Class<?> wanted, int depth) {
        if (depth > DEPTH_MAX) {
            throw new MalformedException(UndecodableReason.LIMIT, "a key of more than " + DEPTH_MAX + " levels");
        }
        return switch (input.readByte()) {
            case NULL -> null;
            case SCALAR -> readableKeys.decode(readBytes(input), wanted);
            case OPTIONAL -> Optional.ofNullable(read(input, Object.class, depth + 1));
            case LIST -> readInto(input, new ArrayList<>(), depth);
            case SET -> readInto(input, new LinkedHashSet<>(), depth);
            case MAP -> readMap(input, depth);
            case OBJECT -> readObject(input, depth);
            case ARRAY -> readArray(input, depth);
            default -> throw MalformedException.damaged("an unknown kind of key part");
        };
    }

    private Object readInto(Input input, Collection<@Nullable Object> parts, int depth) {
        int count = count(input);
        for (int i = 0; i < count; i++) {
            parts.add(read(input, Object.class, depth + 1));
        }
        return parts;
    }

    private Object readMap(Input input, int depth) {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        int count = count(input);
        for (int i = 0; i < count; i++) {
            Object key = read(input, Object.class, depth + 1);
            map.put(key, read(input, Object.class, depth + 1));
        }
        return map;
    }

    private Object readArray(Input input, int depth) {
        Class<?> type = allowed.resolve(new String(readBytes(input), StandardCharsets.UTF_8))
                .type();
        Class<?> element = type.getComponentType();
        if (element == null) {
            throw MalformedException.damaged("class " + type.getName() + " of an array is not an array class");
        }
        Object array = Array.newInstance(element, count(input));
        for (int i = 0; i < Array.getLength(array); i++) {
            Array.set(array, i, read(input, element, depth + 1));
        }
        return array;
    }

    private Object readObject(Input input, int depth) {
        KeyLayout layout = layout(allowed.resolve(new String(readBytes(input), StandardCharsets.UTF_8))
                .type());
        if (input.readLong() != layout.fingerprint()) {
            throw new MalformedException(
                    UndecodableReason.CLASS_CHANGED,
                    "class " + layout.type().getName() + " of a key was written with other fields");
        }
        List<FieldAccessor> fields = layout.fields();
        @Nullable Object[] values = new Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = read(input, fields.get(i).field().getType(), depth + 1);
        }
        return layout.build(values);
    }

    private static void writeBytes(Output output, byte[] bytes) {
        output.writeVarInt(bytes.length, true);
        output.writeBytes(bytes);
    }

    private static byte[] readBytes(Input input) {
        return input.readBytes(count(input));
    }

    /** Reads a count of bytes or parts; at least so many bytes must remain, since each part takes at least one. */
    private static int count(Input input) {
        int count = input.readVarInt(true);
        if (count < 0 || count > input.limit() - input.position()) {
            throw MalformedException.damaged("a length of " + count + " exceeds the remaining bytes");
        }
        return count;
    }
}
