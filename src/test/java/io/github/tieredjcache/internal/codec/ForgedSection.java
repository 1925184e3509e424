package io.github.tieredjcache.internal.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
import io.github.tieredjcache.internal.codec.graph.DescriptorFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.List;

/** Entries with a correct checksum, whose Java section holds objects that no writer of this library puts there. */
final class ForgedSection {
    private static final String STREAM_HEAD = "\u00ac\u00ed\0\5";

    private ForgedSection() {}

    /**
     * Replaces an object while a section is forged, so that the object can become a part of a set without being hashed.
     */
    static final class Placeholder implements Serializable {
        private static final long serialVersionUID = 1L;

        transient Object content;

        Placeholder(Object content) {
            this.content = content;
        }
    }

    /** Returns the entry of an object with a Java section, whose root is replaced by another object. */
    static byte[] entry(ValueCodec<Object> codec, byte[] key, Object named, Object root) {
        return withSection(codec, key, named, section(root));
    }

    static byte[] withSection(ValueCodec<Object> codec, byte[] key, Object named, byte[] section) {
        byte[] payload = HostileEntry.payload(codec.encode(key, named));
        int at = new String(payload, ISO_8859_1).indexOf(STREAM_HEAD);
        Output output = new Output(64, -1);
        output.writeBytes(payload, 0, at - lengthBytes(payload.length - at));
        output.writeVarInt(section.length, true);
        output.writeBytes(section);
        return HostileEntry.around(key, output.toBytes(), 0);
    }

    private static int lengthBytes(int length) {
        return new Output(8).writeVarInt(length, true);
    }

    /** Returns the serialized form of an object, with the content of each {@link Placeholder} in its place. */
    static byte[] section(Object root) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Forging out = new Forging(bytes)) {
            out.writeObject(root);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    private static final class Forging extends ObjectOutputStream {
        private final ClassDescriptors descriptors = DescriptorFactory.all();

        Forging(OutputStream out) throws IOException {
            super(out);
            enableReplaceObject(true);
        }

        @Override
        protected Object replaceObject(Object part) {
            return part instanceof Placeholder placeholder ? placeholder.content : part;
        }

        @Override
        protected void annotateClass(Class<?> type) throws IOException {
            writeLong(descriptors.get(type).fingerprint());
        }
    }

    /** Returns several placeholders of one object. */
    static List<Object> placeholders(int count, Object content) {
        return java.util.stream.IntStream.range(0, count)
                .<Object>mapToObj(i -> new Placeholder(content))
                .toList();
    }
}
