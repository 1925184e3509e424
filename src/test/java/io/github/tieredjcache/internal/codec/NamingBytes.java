package io.github.tieredjcache.internal.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.Samples.Colour;
import io.github.tieredjcache.internal.codec.Samples.Generic;
import io.github.tieredjcache.internal.codec.Samples.Holder;
import io.github.tieredjcache.internal.codec.Samples.Pair;
import io.github.tieredjcache.internal.codec.Samples.Point;
import io.github.tieredjcache.internal.codec.Samples.ShopException;
import io.github.tieredjcache.internal.codec.Samples.TaggedList;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.graph.DescriptorFactory;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectStreamConstants;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;

/** Creates bytes that name a given class in each place where bytes of this library can name a class. */
final class NamingBytes {
    private static final byte[] KEY = {'k'};
    private static final byte[] STREAM_HEAD = {(byte) 0xac, (byte) 0xed, 0, 5};
    private static final int LENGTH_BITS = 7;

    private final ValueCodec<Object> values;
    private final KeyCodec<Object> keys;

    NamingBytes(Codecs codecs) {
        CodecRules rules = new CodecRules(Object.class, Samples.class, List.of(), 4_096, 1 << 20);
        values = codecs.values(Object.class, rules);
        keys = codecs.keys(Object.class, rules, null);
    }

    /** Returns values by the place of the name. */
    Map<String, byte[]> values(String className) {
        Map<String, byte[]> all = new LinkedHashMap<>();
        String point = Point.class.getName();
        Map<String, Object> samples = new LinkedHashMap<>();
        samples.put("a value", new Point(1, 2));
        samples.put("an element", new ArrayList<>(List.of("text", new Point(1, 2))));
        samples.put("an element of an immutable list", List.of(new Point(1, 2)));
        samples.put("a key", new LinkedHashMap<>(Map.of(new Point(1, 2), "value")));
        samples.put("a value of a map", new LinkedHashMap<>(Map.of("key", new Point(1, 2))));
        samples.put("an Optional", Optional.of(new Point(1, 2)));
        samples.put("a reference", new AtomicReference<>(new Point(1, 2)));
        samples.put("a field of type Object", new Holder(new Point(1, 2)));
        samples.put("a component of type Object", new Pair("left", new Point(1, 2)));
        samples.put("a component of a type variable", new Generic<>(new Point(1, 2)));
        samples.put("an element of an array", new Object[] {new Point(1, 2)});
        samples.forEach((where, sample) -> all.put(where, renamed(sample, point, className)));
        all.put("an array", renamed(new Point[0], "[L" + point + ";", "[L" + className + ";"));
        all.put("an array of arrays", renamed(new Point[0][], "[[L" + point + ";", "[[L" + className + ";"));
        String colour = Colour.class.getName();
        EnumMap<Colour, String> byColour = new EnumMap<>(Map.of(Colour.RED, "red"));
        all.put("an enum", renamed(Colour.RED, colour, className));
        all.put("an EnumSet", renamed(EnumSet.of(Colour.RED), colour, className));
        all.put("an EnumMap", renamed(byColour, colour, className));
        all.put(
                "a class with a Java form",
                renamed(new ShopException("m", 1, null), ShopException.class.getName(), className));
        sections(className).forEach((where, section) -> all.put("in a Java section, " + where, withSection(section)));
        return all;
    }

    /** Returns keys by the place of the name. */
    Map<String, byte[]> keys(String className) {
        IntFunction<byte[]> plain = length -> varInt(length);
        Map<String, byte[]> all = new LinkedHashMap<>();
        String point = Point.class.getName();
        String array = "[L" + point + ";";
        String colour = Colour.class.getName() + ".RED";
        all.put("an enum", renamed(keys.encode(Colour.RED), colour, className + ".RED", length -> new byte[0]));
        all.put("an object", renamed(keys.encode(new Point(1, 2)), point, className, plain));
        all.put("an element", renamed(keys.encode(List.of(new Point(1, 2))), point, className, plain));
        all.put("a field", renamed(keys.encode(new Generic<>(new Point(1, 2))), point, className, plain));
        byte[] arrays = keys.encode(new Samples.Arguments((Object) new Point[] {new Point(1, 2)}));
        all.put("an array", renamed(arrays, array, "[L" + className + ";", plain));
        // The text begins with its length, the mark and the letter of an enum.
        all.put(
                "an enum in a list",
                renamed(keys.encode(List.of(Colour.RED)), "~E" + colour, "~E" + className + ".RED", plain));
        return all;
    }

    /** Returns a value with the given Java section. */
    byte[] withSection(byte[] section) {
        byte[] payload = HostileEntry.payload(values.encode(KEY, new ShopException("m", 1, null)));
        int at = text(payload).indexOf(text(STREAM_HEAD));
        int length = payload.length - at;
        int head = at - varInt(length).length;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(payload, 0, head);
        bytes.writeBytes(varInt(section.length));
        bytes.writeBytes(section);
        return HostileEntry.around(KEY, bytes.toByteArray(), 0);
    }

    private byte[] renamed(Object sample, String from, String to) {
        byte[] payload = HostileEntry.payload(values.encode(KEY, sample));
        return HostileEntry.around(KEY, renamed(payload, from, to, length -> varInt(length << 2)), 0);
    }

    private static byte[] renamed(byte[] bytes, String from, String to, IntFunction<byte[]> head) {
        String named = text(head.apply(from.length())) + from;
        assertTrue(text(bytes).contains(named), from);
        return text(bytes).replace(named, text(head.apply(to.length())) + to).getBytes(ISO_8859_1);
    }

    private static byte[] varInt(int number) {
        Output output = new Output(Integer.BYTES + 1);
        output.writeVarInt(number, true);
        assertTrue(number < 1 << (2 * LENGTH_BITS));
        return output.toBytes();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    private static Map<String, byte[]> sections(String className) {
        Map<String, byte[]> all = new LinkedHashMap<>();
        byte[] named = description(className, ObjectStreamConstants.SC_SERIALIZABLE, nothing());
        byte[] external = description(
                className, ObjectStreamConstants.SC_EXTERNALIZABLE | ObjectStreamConstants.SC_BLOCK_DATA, nothing());
        byte[] array = description("[L" + className + ";", ObjectStreamConstants.SC_SERIALIZABLE, nothing());
        byte constants = ObjectStreamConstants.SC_SERIALIZABLE | ObjectStreamConstants.SC_ENUM;
        byte[] constant = description(className, constants, description("java.lang.Enum", constants, nothing()));
        byte[] heir = description(
                TaggedList.class.getName(),
                ObjectStreamConstants.SC_SERIALIZABLE,
                DescriptorFactory.all().get(TaggedList.class).fingerprint(),
                named);
        all.put("an object", stream(ObjectStreamConstants.TC_OBJECT, named));
        all.put("an Externalizable", stream(ObjectStreamConstants.TC_OBJECT, external));
        all.put("an array", stream(ObjectStreamConstants.TC_ARRAY, array));
        all.put("an enum", stream(ObjectStreamConstants.TC_ENUM, constant));
        all.put("a class", stream(ObjectStreamConstants.TC_CLASS, named));
        all.put("a superclass", stream(ObjectStreamConstants.TC_OBJECT, heir));
        all.put(
                "an exception of the writer",
                stream(ObjectStreamConstants.TC_EXCEPTION, stream(ObjectStreamConstants.TC_OBJECT, named)));
        all.put("an interface of a proxy", stream(ObjectStreamConstants.TC_OBJECT, proxy(className)));
        all.put("an element of an array", stream(ObjectStreamConstants.TC_ARRAY, arrayOfOne(named)));
        return all;
    }

    private static byte[] arrayOfOne(byte[] described) {
        return bytes(out -> {
            out.write(description("[Ljava.lang.Object;", ObjectStreamConstants.SC_SERIALIZABLE, nothing()));
            out.writeInt(1);
            out.writeByte(ObjectStreamConstants.TC_OBJECT);
            out.write(described);
        });
    }

    private static byte[] nothing() {
        return new byte[] {ObjectStreamConstants.TC_NULL};
    }

    private static byte[] stream(byte type, byte[] rest) {
        return bytes(out -> {
            boolean isNested = text(rest).startsWith(text(STREAM_HEAD));
            out.write(STREAM_HEAD);
            out.writeByte(type);
            out.write(rest, isNested ? STREAM_HEAD.length : 0, rest.length - (isNested ? STREAM_HEAD.length : 0));
            out.write(new byte[64]);
        });
    }

    /** Writes a class without fields, with the fingerprint of JDK classes. */
    private static byte[] description(String className, int flags, byte[] parent) {
        return description(className, flags, 0, parent);
    }

    private static byte[] description(String className, int flags, long fingerprint, byte[] parent) {
        return bytes(out -> {
            out.writeByte(ObjectStreamConstants.TC_CLASSDESC);
            out.writeUTF(className);
            out.writeLong((flags & ObjectStreamConstants.SC_ENUM) == 0 ? 1 : 0);
            out.writeByte(flags);
            out.writeShort(0);
            out.writeByte(ObjectStreamConstants.TC_BLOCKDATA);
            out.writeByte(Long.BYTES);
            out.writeLong(fingerprint);
            out.writeByte(ObjectStreamConstants.TC_ENDBLOCKDATA);
            out.write(parent);
        });
    }

    private static byte[] proxy(String interfaceName) {
        return bytes(out -> {
            out.writeByte(ObjectStreamConstants.TC_PROXYCLASSDESC);
            out.writeInt(1);
            out.writeUTF(interfaceName);
            out.writeByte(ObjectStreamConstants.TC_ENDBLOCKDATA);
            out.write(nothing());
        });
    }

    private static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }
}
