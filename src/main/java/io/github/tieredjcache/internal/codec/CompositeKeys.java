package io.github.tieredjcache.internal.codec;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.UndecodableReason;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keys that are made of parts, as bytes that are equal for equal keys: sets and maps in the order of their
 * elements' bytes, lists, sets and maps without their class (since any two lists of equal elements are equal),
 * objects as class and fields.
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

    private final KeyText texts;
    private final AllowList allowed;
    private final Shapes shapes;
    /** Classes whose trial passed; again as a list, for a trial with an array in a field. */
    private final Set<Object> tested = ConcurrentHashMap.newKeySet();
    /** The fields of classes that have a {@code readObject}. */
    private final Map<Class<?>, ObjectForm> rebuilt = new ConcurrentHashMap<>();

    CompositeKeys(KeyText texts, AllowList allowed, Shapes shapes) {
        this.texts = texts;
        this.allowed = allowed;
        this.shapes = shapes;
    }

    void write(Output output, @Nullable Object part, int depth) {
        if (depth > DEPTH_MAX) {
            throw new RefusedException("a key of more than " + DEPTH_MAX + " levels, or with a cycle");
        }
        if (part == null) {
            output.writeByte(NULL);
            return;
        }
        byte[] text = texts.encode(part);
        if (text != null) {
            output.writeByte(SCALAR);
            writeBytes(output, text);
        } else if (part instanceof Optional<?> optional) {
            output.writeByte(OPTIONAL);
            write(output, optional.orElse(null), depth + 1);
        } else if (Shapes.isJdk(part.getClass())) {
            writeContainer(output, part, depth);
        } else {
            writeObject(output, part, depth);
        }
    }

    private void writeContainer(Output output, Object part, int depth) {
        if ((part instanceof SortedSet<?> set && !isNatural(set.comparator()))
                || (part instanceof SortedMap<?, ?> map && !isNatural(map.comparator()))) {
            throw new RefusedException("a sorted set or map with an order of its own has no canonical form as a key");
        }
        if (part instanceof List<?> list) {
            output.writeByte(LIST);
            writeAll(output, parts(list, depth));
        } else if (part instanceof Set<?> set) {
            output.writeByte(SET);
            List<byte[]> elements = parts(set, depth);
            elements.sort(Arrays::compareUnsigned);
            writeAll(output, elements);
        } else if (part instanceof Map<?, ?> map) {
            output.writeByte(MAP);
            writeEntries(output, map, depth);
        } else {
            throw new RefusedException("class " + part.getClass().getName()
                    + " has no canonical form as a key; use a String, a number, a UUID, an enum, a record of such, or"
                    + " a list, set or map of such");
        }
    }

    private static boolean isNatural(@Nullable Comparator<?> comparator) {
        return comparator == null || comparator.equals(Comparator.naturalOrder());
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
        Class<?> type = part.getClass();
        Shape shape = shapes.get(type);
        if (shape.refusal() != null) {
            throw new RefusedException(shape.refusal());
        }
        allowed.check(type);
        List<Slot> slots = slots(shape);
        boolean hasArray = false;
        int start = output.position();
        output.writeByte(OBJECT);
        writeBytes(output, type.getName().getBytes(StandardCharsets.UTF_8));
        output.writeLong(shape.fingerprint());
        for (Slot slot : slots) {
            try {
                Object value = slot.get(part);
                hasArray |= value != null && value.getClass().isArray();
                writeField(output, value, depth + 1);
            } catch (RefusedException e) {
                throw e.under(slot.step());
            }
        }
        // Whether equals looks into an array can be told only with one.
        Object trial = hasArray ? List.of(type) : type;
        if (tested.add(trial)) {
            boolean passed = false;
            try {
                new KeyTrial(this, part, Arrays.copyOfRange(output.getBuffer(), start, output.position())).run(slots);
                passed = true;
            } finally {
                if (!passed) {
                    tested.remove(trial);
                }
            }
        }
    }

    /** A field of an object may be an array, if the object's {@code equals} looks into it, which its trial tells. */
    private void writeField(Output output, @Nullable Object value, int depth) {
        if (value == null || !value.getClass().isArray() || depth > DEPTH_MAX) {
            write(output, value, depth);
            return;
        }
        allowed.check(value.getClass());
        output.writeByte(ARRAY);
        writeBytes(output, value.getClass().getName().getBytes(StandardCharsets.UTF_8));
        int length = Array.getLength(value);
        output.writeVarInt(length, true);
        for (int i = 0; i < length; i++) {
            try {
                writeField(output, Array.get(value, i), depth + 1);
            } catch (RefusedException e) {
                throw e.under("[" + i + "]");
            }
        }
    }

    private List<Slot> slots(Shape shape) {
        Form<Object> form = shape.form();
        Class<?> type = shape.type();
        if (form instanceof RecordForm record) {
            return record.slots();
        }
        ObjectForm object = objectForm(shape);
        if (object == null) {
            throw new RefusedException("class " + type.getName()
                    + " has a serialized form of its own, which need not be equal for equal keys; use a record");
        }
        if (declaring(type, "hashCode") == Object.class || declaring(type, "equals", Object.class) == Object.class) {
            throw new RefusedException(
                    "class " + type.getName()
                            + " does not define equals and hashCode, so that no other node could ask for its key; use a record");
        }
        return object.slots();
    }

    private @Nullable ObjectForm objectForm(Shape shape) {
        if (shape.form() instanceof ObjectForm object) {
            return object;
        }
        if (shape.form() instanceof JavaForm && Shapes.isRebuiltFromFields(shape.type())) {
            return rebuilt.computeIfAbsent(shape.type(), type -> new ObjectForm(type, Slot.of(type)));
        }
        return null;
    }

    private static Class<?> declaring(Class<?> type, String method, Class<?>... parameters) {
        try {
            return type.getMethod(method, parameters).getDeclaringClass();
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    @Nullable
    Object read(Input input, int depth) {
        if (depth > DEPTH_MAX) {
            throw new MalformedException(UndecodableReason.LIMIT, "a key of more than " + DEPTH_MAX + " levels");
        }
        return switch (input.readByte()) {
            case NULL -> null;
            case SCALAR -> texts.decode(readBytes(input));
            case OPTIONAL -> Optional.ofNullable(read(input, depth + 1));
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
            parts.add(read(input, depth + 1));
        }
        return parts;
    }

    private Object readMap(Input input, int depth) {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        int count = count(input);
        for (int i = 0; i < count; i++) {
            Object key = read(input, depth + 1);
            map.put(key, read(input, depth + 1));
        }
        return map;
    }

    private Object readArray(Input input, int depth) {
        Class<?> type = allowed.resolve(new String(readBytes(input), StandardCharsets.UTF_8))
                .type();
        Object array = Array.newInstance(type.getComponentType(), count(input));
        for (int i = 0; i < Array.getLength(array); i++) {
            Array.set(array, i, read(input, depth + 1));
        }
        return array;
    }

    private Object readObject(Input input, int depth) {
        Shape shape = allowed.resolve(new String(readBytes(input), StandardCharsets.UTF_8));
        if (input.readLong() != shape.fingerprint()) {
            throw new MalformedException(
                    UndecodableReason.CLASS_CHANGED,
                    "class " + shape.type().getName() + " was written with other fields");
        }
        List<Slot> slots = slots(shape);
        @Nullable Object[] values = new Object[slots.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = read(input, depth + 1);
        }
        return build(shape, slots, values);
    }

    private Object build(Shape shape, List<Slot> slots, @Nullable Object[] values) {
        if (shape.form() instanceof RecordForm record) {
            return record.build(values);
        }
        Object object = Objects.requireNonNull(objectForm(shape)).instantiate();
        for (int i = 0; i < values.length; i++) {
            slots.get(i).set(object, values[i]);
        }
        // Its readObject rebuilds what is transient, such as a cached hash.
        return shape.form() instanceof JavaForm ? JavaCopy.of(object) : object;
    }

    private static void writeBytes(Output output, byte[] bytes) {
        output.writeVarInt(bytes.length, true);
        output.writeBytes(bytes);
    }

    private static byte[] readBytes(Input input) {
        return input.readBytes(count(input));
    }

    /** A count of bytes or parts, each of which takes a byte at least. */
    private static int count(Input input) {
        int count = input.readVarInt(true);
        if (count < 0 || count > input.limit() - input.position()) {
            throw MalformedException.damaged("a length of " + count + " that the bytes do not hold");
        }
        return count;
    }
}
