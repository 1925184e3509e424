package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamConstants;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The form of an object that only Java serialization understands: exceptions, subclasses of collections, classes with
 * {@code readObject} or {@code writeReplace}. A length, then a stream in which every class passes the allow-list.
 *
 * <p>The stream holds an object of exactly the class that was named, unless that has a {@code writeReplace} or a {@code
 * readResolve} and so says itself what it comes back as. {@link SectionReader} bounds what reading it costs.
 *
 * <p>Objects of the graph around to which the stream leads back stand in it by their numbers. If what follows the stream refers to
 * a part of it, or a part is not serializable, the whole graph is written again, with the parts of each such object before its stream: a length of 0, their number
 * and they, then the stream with numbers in their places. So each comes back as one object.
 */
public final class JavaStreamSerializer extends TypeSerializer<Object> {
    /** Classes that the serialized forms of safe JDK types name, beyond those types. */
    private static final Set<String> STREAM_CLASSES = Set.of(
            "java.lang.Enum",
            "java.lang.Number",
            "java.lang.StackTraceElement",
            "java.time.Ser",
            "java.time.ZoneRegion",
            "java.util.AbstractMap",
            "java.util.CollSer",
            "java.util.Collections$EmptyList",
            "java.util.Collections$SetFromMap",
            "java.util.EnumSet$SerializationProxy",
            "java.util.Properties",
            "java.util.concurrent.ConcurrentHashMap$Segment",
            "java.util.concurrent.locks.AbstractOwnableSynchronizer",
            "java.util.concurrent.locks.AbstractQueuedSynchronizer",
            "java.util.concurrent.locks.ReentrantLock",
            "java.util.concurrent.locks.ReentrantLock$NonfairSync",
            "java.util.concurrent.locks.ReentrantLock$Sync");

    /** The name of {@link GraphHandle} in the format; it stays when the class is moved. */
    public static final String GRAPH_HANDLE =
            "io.github.tieredjcache.internal.codec.graph.JavaStreamSerializer$Outside";

    /** No section has this length. */
    private static final int PARTS_FOLLOW = 0;

    private final Class<?> type;
    private final boolean isReplaced;
    private final boolean mayHash;

    JavaStreamSerializer(Class<?> type) {
        super(Kind.OBJECT);
        this.type = type;
        this.isReplaced = ClassDescriptors.isReplaced(type);
        this.mayHash = HashingTypes.mayHash(type);
    }

    /** Whether another object may stand in for one of the class, when it is written or read. */
    boolean isReplaced() {
        return isReplaced;
    }

    /** Whether it may hash or compare its parts while it is read. */
    boolean mayHash() {
        return mayHash;
    }

    @Override
    void write(KryoSession session, Output output, Object object) {
        if (session.isDetaching()) {
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

    /** Writes the parts of an object that others may refer to before its section, so that they can. */
    private static void writeParts(KryoSession session, Output output, Object object) {
        List<Object> parts = new ArrayList<>();
        serialized(new Parts(session, object, (part, number) -> {
            parts.add(part);
            return "";
        }));
        output.writeVarInt(PARTS_FOLLOW, true);
        session.writeCount(output, parts.size());
        session.references().beginSection(object);
        ElementIo.write(session, output, parts.toArray());
        session.references().endSection(object);
    }

    private static byte[] serialized(Parts parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Writer writer = new Writer(bytes, parts)) {
            writer.writeObject(parts.root());
        } catch (IOException e) {
            boolean refusesPart = e instanceof NotSerializableException;
            if (refusesPart && !parts.session().isDetaching()) {
                throw new PartsFirstException();
            }
            String cure = refusesPart ? "; make that class Serializable or its field transient" : "";
            throw new UnencodableException("Java serialization refuses it: " + describe(e) + cure, e);
        } catch (UnencodableException | PartsFirstException e) {
            throw e;
        } catch (RuntimeException e) {
            throw failed(parts.root(), "written", e);
        }
        return bytes.toByteArray();
    }

    /** Only reading tells whether the limits of a reader, and the object's own {@code readObject}, accept it. */
    private void checkReadable(
            KryoSession session, Output output, Object object, byte[] section, Map<Integer, Object> outside) {
        session.budget().limitTo(output.position() + section.length);
        try {
            read(session, section, 0, section.length, outside::get);
            session.budget().unlimited();
        } catch (MalformedException e) {
            throw new UnencodableException("it could not be read back: " + e.text(), e);
        } catch (RuntimeException e) {
            throw failed(object, "read back", e);
        }
    }

    private static UnencodableException failed(Object object, String how, RuntimeException cause) {
        return new UnencodableException(
                "class " + object.getClass().getName() + " is stored by Java serialization, and fails with "
                        + describe(cause) + " when it is " + how + "; mend its writeObject, readObject, writeReplace or"
                        + " readResolve, or a cycle through a part that has such, or store a record of its content",
                cause);
    }

    /** A message of Java serialization itself names a class; one of the user's code might hold a value. */
    static String describe(Exception e) {
        return e instanceof NotSerializableException
                ? e.toString()
                : e.getClass().getName();
    }

    @Override
    Object read(KryoSession session, Input input) {
        int length = session.claimLength(input);
        if (length == PARTS_FOLLOW) {
            // References lead to them.
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
                throw MalformedException.damaged("a Java section with no object, or with more than one");
            }
            checkType(object);
            session.budget().add(reader.cost());
            return object;
        } catch (IOException | ClassNotFoundException e) {
            throw MalformedException.damaged("a Java section that cannot be read: " + describe(e));
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

    /** A class that another object may stand in for says itself what it comes back as. */
    private void checkType(Object object) {
        if (object.getClass() != type && !isReplaced) {
            throw MalformedException.damaged("a Java section of class " + type.getName() + " that holds another");
        }
    }

    @Override
    Object copy(DeepCopy copying, Object original) {
        return JavaCopy.of(original, copying);
    }

    static boolean allows(KryoSession session, String className) {
        return isStreamClass(className)
                || className.equals(GraphHandle.class.getName())
                || session.allowed().allows(className);
    }

    static boolean isStreamClass(String className) {
        return STREAM_CLASSES.contains(AllowList.elementName(className));
    }

    /** Stands in a section for an object of the graph around it, by the number that references to it have there. */
    record GraphHandle(int number) implements Serializable {}

    /**
     * The parts of an object that others may refer to.
     *
     * @param replacement what to write for one, by its number; that is negative if it was not written outside
     */
    private record Parts(KryoSession session, Object root, BiFunction<Object, Integer, Object> replacement) {
        Object replace(Object part) {
            ClassDescriptors descriptors = session.descriptors();
            boolean mayBeOutside = part != root
                    && descriptors.get(part.getClass()).refusal() == null
                    && descriptors.hasIdentity(part.getClass());
            return mayBeOutside ? replacement.apply(part, session.references().writtenNumber(part)) : part;
        }
    }

    /** Writes a fingerprint behind every class, and refuses what {@link SectionReader} would refuse. */
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
            writeUTF(GRAPH_HANDLE);
            writeLong(descriptor.getSerialVersionUID());
            writeByte(ObjectStreamConstants.SC_SERIALIZABLE);
            writeShort(1);
            writeByte('I');
            writeUTF("number");
        }

        @Override
        protected void annotateClass(Class<?> type) throws IOException {
            boolean isOurs = type == GraphHandle.class;
            if (!isOurs && !isStreamClass(type.getName())) {
                parts.session().allowed().check(type);
            }
            writeLong(isOurs ? 0 : parts.session().descriptors().get(type).fingerprint());
        }

        @Override
        protected void annotateProxyClass(Class<?> type) {
            throw new UnencodableException("a proxy (" + type.getName() + ") cannot be stored");
        }
    }
}
