package io.github.tieredjcache.internal.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.List;

/** Entries whose Java section holds what no writer of this library puts there, with a checksum that is right. */
final class ForgedSection {
    private static final String STREAM_HEAD = "\u00ac\u00ed\0\5";

    private ForgedSection() {}

    /** An object that stands for another one while a section is forged: it can be put into a set that its place is in. */
    static final class Place implements Serializable {
        private static final long serialVersionUID = 1L;

        transient Object content;

        Place(Object content) {
            this.content = content;
        }
    }

    /** The cell of an object with a Java form, with another root in its section. */
    static byte[] cell(ValueCodec<Object> codec, byte[] key, Object named, Object root) {
        return withSection(codec, key, named, section(root));
    }

    static byte[] withSection(ValueCodec<Object> codec, byte[] key, Object named, byte[] section) {
        byte[] payload = HostileCell.payload(codec.encode(key, named));
        int at = new String(payload, ISO_8859_1).indexOf(STREAM_HEAD);
        Output output = new Output(64, -1);
        output.writeBytes(payload, 0, at - lengthBytes(payload.length - at));
        output.writeVarInt(section.length, true);
        output.writeBytes(section);
        return HostileCell.around(key, output.toBytes(), 0);
    }

    private static int lengthBytes(int length) {
        return new Output(8).writeVarInt(length, true);
    }

    /** What Java serialization writes for an object, each {@link Place} as what it holds. */
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
        private final ClassDescriptors descriptors = new ClassDescriptors();

        Forging(OutputStream out) throws IOException {
            super(out);
            enableReplaceObject(true);
        }

        @Override
        protected Object replaceObject(Object part) {
            return part instanceof Place place ? place.content : part;
        }

        @Override
        protected void annotateClass(Class<?> type) throws IOException {
            writeLong(descriptors.get(type).fingerprint());
        }
    }

    /** As many places of one object. */
    static List<Object> places(int count, Object content) {
        return java.util.stream.IntStream.range(0, count)
                .<Object>mapToObj(i -> new Place(content))
                .toList();
    }
}
