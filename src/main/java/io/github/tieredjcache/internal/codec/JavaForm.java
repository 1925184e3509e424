package io.github.tieredjcache.internal.codec;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The form of an object that only Java serialization understands: exceptions, subclasses of collections, classes with
 * {@code readObject} or {@code writeReplace}. A length, then a stream in which every class passes the allow-list.
 *
 * <p>The stream holds an object of exactly the class that was named, unless that has a {@code writeReplace} or a {@code
 * readResolve} and so says itself what it comes back as. {@link SectionReader} bounds what reading it costs.
 */
final class JavaForm extends Form<Object> {
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

    private final Class<?> type;
    private final boolean isReplaced;
    private final boolean mayHash;

    JavaForm(Class<?> type) {
        super(Kind.OBJECT);
        this.type = type;
        this.isReplaced = Shapes.isReplaced(type);
        this.mayHash = HashingTypes.mayHash(type);
    }

    /** Whether it may hash or compare its parts while it is read. */
    boolean mayHash() {
        return mayHash;
    }

    @Override
    void write(Session session, Output output, Object object) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Writer writer = new Writer(bytes, session)) {
            writer.writeObject(object);
        } catch (IOException e) {
            String cure = e instanceof NotSerializableException
                    ? "; make that class Serializable or its field transient"
                    : "";
            throw new RefusedException("Java serialization refuses it: " + describe(e) + cure, e);
        } catch (RefusedException e) {
            throw e;
        } catch (RuntimeException e) {
            throw failed(object, "written", e);
        }
        byte[] section = bytes.toByteArray();
        checkReadable(session, output, object, section);
        output.writeVarInt(section.length, true);
        output.writeBytes(section);
    }

    /** Only reading tells whether the limits of a reader, and the object's own {@code readObject}, accept it. */
    private void checkReadable(Session session, Output output, Object object, byte[] section) {
        session.budget().limitTo(output.position() + section.length);
        try {
            read(session, section, 0, section.length);
            session.budget().unlimited();
        } catch (MalformedException e) {
            throw new RefusedException("it could not be read back: " + e.text(), e);
        } catch (RuntimeException e) {
            throw failed(object, "read back", e);
        }
    }

    private static RefusedException failed(Object object, String how, RuntimeException cause) {
        return new RefusedException(
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
    Object read(Session session, Input input) {
        int length = session.claimLength(input);
        int start = input.position();
        input.setPosition(start + length);
        return read(session, input.getBuffer(), start, length);
    }

    private Object read(Session session, byte[] buffer, int start, int length) {
        SectionBytes bytes = new SectionBytes(buffer, start, length);
        try (SectionReader reader = new SectionReader(bytes, session, length)) {
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
    Object copy(Copying copying, Object original) {
        Object copy = JavaCopy.of(original);
        copying.open(original, copy);
        return copy;
    }

    static boolean allows(Session session, String className) {
        return isStreamClass(className) || session.allowed().allows(className);
    }

    static boolean isStreamClass(String className) {
        return STREAM_CLASSES.contains(AllowList.elementName(className));
    }

    /** Writes a fingerprint behind every class, and refuses what {@link SectionReader} would refuse. */
    private static final class Writer extends ObjectOutputStream {
        private final Session session;

        Writer(OutputStream out, Session session) throws IOException {
            super(out);
            this.session = session;
        }

        @Override
        protected void annotateClass(Class<?> type) throws IOException {
            if (!isStreamClass(type.getName())) {
                session.allowed().check(type);
            }
            writeLong(session.shapes().get(type).fingerprint());
        }

        @Override
        protected void annotateProxyClass(Class<?> type) {
            throw new RefusedException("a proxy (" + type.getName() + ") cannot be stored");
        }
    }
}
