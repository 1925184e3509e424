package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import io.github.tieredjcache.internal.codec.graph.SectionClasses.GraphHandle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamConstants;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Serializes objects that only Java serialization can write and read: exceptions, subclasses of collections, classes
 * with {@code readObject} or {@code writeReplace}. The bytes are a Java section: a length, then a stream of Java
 * serialization in which the allow-list checks every class.
 *
 * <p>The stream holds an object of exactly the class that was named, unless this class has a {@code writeReplace} or a
 * {@code readResolve}, by which it chooses the class of the result itself. {@link SectionReader} bounds the cost of
 * reading.
 *
 * <p>A reference from the stream to an object of the surrounding graph is written as a {@link GraphHandle} with the
 * number of this object. If the rest of the graph refers to a part of the stream, or if a part is not serializable, the
 * whole graph is written again, with the parts of each such object before its stream: a length of 0, the number of
 * parts, the parts, then the stream with handles in place of the parts. So each part is read as one object.
 */
public final class JavaStreamSerializer extends TypeSerializer<Object> {
    /** In place of the length of a section, which is never 0: the parts of the section precede it. */
    private static final int PARTS_FOLLOW = 0;

    private final Class<?> type;
    private final boolean isReplaced;
    private final boolean mayHash;

    JavaStreamSerializer(Class<?> type) {
        super(Kind.OBJECT);
        this.type = type;
        this.isReplaced = ClassTraits.isReplaced(type);
        this.mayHash = HashingTypes.mayHash(type);
    }

    @Override
    boolean hasIdentity() {
        return !isReplaced && super.hasIdentity();
    }

    @Override
    boolean mayHash() {
        return mayHash;
    }

    @Override
    void write(KryoSession session, Output output, Object object) {
        if (session.writesPartsFirst()) {
            writeParts(session, output, object);
        }
        Map<Integer, Object> outside = new HashMap<>();
        byte[] section = serialized(new Parts(session, object, (part, number) -> {
            if (number < 0) {
                session.references().addToSection(part, object);
                return part;
            }
            outside.put(number, part);
            return new GraphHandle(number);
        }));
        checkReadable(session, output, object, section, outside);
        output.writeVarInt(section.length, true);
        output.writeBytes(section);
    }

    /** Writes the parts with identity of an object before its section, so that other objects can refer to them. */
    private static void writeParts(KryoSession session, Output output, Object object) {
        List<Object> parts = new ArrayList<>();
        serialized(new Parts(session, object, (part, number) -> {
            parts.add(part);
            return "";
        }));
        output.writeVarInt(PARTS_FOLLOW, true);
        session.writeCount(output, parts.size());
        session.references().beginSectionParts(object);
        ElementIo.write(session, output, parts.toArray());
        session.references().endSectionParts(object);
    }

    private static byte[] serialized(Parts parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Writer writer = new Writer(bytes, parts)) {
            writer.writeObject(parts.root());
        } catch (IOException e) {
            boolean refusesPart = e instanceof NotSerializableException;
            if (refusesPart && !parts.session().writesPartsFirst()) {
                throw new PartsFirstException();
            }
            String cure = refusesPart ? "; make that class Serializable or its field transient" : "";
            throw new UnencodableException("Java serialization refuses the object: " + JavaCopy.describe(e) + cure, e);
        } catch (UnencodableException | PartsFirstException e) {
            throw e;
        } catch (RuntimeException e) {
            throw failed(parts.root(), "written", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads the section back, since only reading shows whether the limits and the {@code readObject} of the class
     * accept it.
     */
    private void checkReadable(
            KryoSession session, Output output, Object object, byte[] section, Map<Integer, Object> outside) {
        session.budget().limitTo(output.position() + section.length);
        try {
            read(session, section, 0, section.length, outside::get);
            session.budget().unlimited();
        } catch (MalformedException e) {
            throw new UnencodableException("the object could not be read back: " + e.text(), e);
        } catch (RuntimeException e) {
            throw failed(object, "read back", e);
        }
    }

    private static UnencodableException failed(Object object, String how, RuntimeException cause) {
        return new UnencodableException(
                "class " + object.getClass().getName() + " is stored by Java serialization, and fails with "
                        + JavaCopy.describe(cause) + " when it is " + how
                        + "; correct its writeObject, readObject, writeReplace"
                        + " or readResolve, or break a cycle through a part with such a method, or store a record of"
                        + " its content",
                cause);
    }

    @Override
    Object read(KryoSession session, Input input) {
        int length = session.claimLength(input);
        if (length == PARTS_FOLLOW) {
            // The result is ignored: the section refers to the parts by handles.
            ElementIo.read(session, input, session.claimCount(input));
            length = session.claimLength(input);
        }
        int start = input.position();
        input.setPosition(start + length);
        return read(session, input.getBuffer(), start, length, session.references()::readObject);
    }

    private Object read(
            KryoSession session, byte[] buffer, int start, int length, IntFunction<@Nullable Object> outside) {
        SectionBytes bytes = new SectionBytes(buffer, start, length);
        try (SectionReader reader = new SectionReader(bytes, session, length, outside)) {
            Object object = root(reader);
            if (object == null || bytes.available() > 0) {
                throw MalformedException.damaged("a Java section must hold one object, and does not");
            }
            checkType(object);
            session.budget().addCost(reader.cost());
            return object;
        } catch (IOException | ClassNotFoundException e) {
            throw MalformedException.damaged("a Java section that cannot be read: " + JavaCopy.describe(e));
        }
    }

    private static @Nullable Object root(SectionReader reader) throws IOException, ClassNotFoundException {
        try {
            return reader.readObject();
        } catch (IOException e) {
            MalformedException refusal = reader.refusal();
            if (refusal != null) {
                throw refusal;
            }
            throw e;
        }
    }

    /** Refuses an object of another class than was named, unless this class may replace its objects. */
    private void checkType(Object object) {
        if (object.getClass() != type && !isReplaced) {
            throw MalformedException.damaged(
                    "a Java section of class " + type.getName() + " holds an object of another class");
        }
    }

    @Override
    Object copy(DeepCopy deepCopy, Object original) {
        return JavaCopy.of(original, deepCopy);
    }

    /**
     * The parts of an object to which other objects may refer.
     *
     * @param replacement returns the object to write for a part and its number, which is negative if the part was not
     *     written outside the section
     */
    private record Parts(KryoSession session, Object root, BiFunction<Object, Integer, Object> replacement) {
        Object replace(Object part) {
            ClassDescriptor descriptor = session.descriptors().get(part.getClass());
            boolean mayBeOutside = part != root
                    && descriptor.refusal() == null
                    && descriptor.serializer().hasIdentity();
            return mayBeOutside ? replacement.apply(part, session.references().writtenNumber(part)) : part;
        }
    }

    /** Writes a fingerprint after every class, and refuses the objects that {@link SectionReader} would refuse. */
    private static final class Writer extends ObjectOutputStream {
        private final Parts parts;

        Writer(OutputStream out, Parts parts) throws IOException {
            super(out);
            this.parts = parts;
            enableReplaceObject(true);
        }

        @Override
        protected Object replaceObject(Object part) {
            return parts.replace(part);
        }

        @Override
        protected void writeClassDescriptor(ObjectStreamClass descriptor) throws IOException {
            if (descriptor.forClass() != GraphHandle.class) {
                super.writeClassDescriptor(descriptor);
                return;
            }
            writeUTF(SectionClasses.GRAPH_HANDLE);
            writeLong(descriptor.getSerialVersionUID());
            writeByte(ObjectStreamConstants.SC_SERIALIZABLE);
            writeShort(1);
            writeByte('I');
            writeUTF("number");
        }

        @Override
        protected void annotateClass(Class<?> type) throws IOException {
            boolean isOurs = type == GraphHandle.class;
            if (!isOurs && !SectionClasses.isStreamClass(type.getName())) {
                parts.session().check(type);
            }
            writeLong(isOurs ? 0 : parts.session().descriptors().get(type).fingerprint());
        }

        @Override
        protected void annotateProxyClass(Class<?> type) {
            throw new UnencodableException("a proxy (" + type.getName() + ") cannot be stored");
        }
    }
}
