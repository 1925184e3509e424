package io.github.tieredjcache.internal.codec;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.UndecodableReason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputFilter.Status;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.util.Set;

/**
 * The form of an object that only Java serialization understands: exceptions, subclasses of collections, classes with
 * {@code readObject} or {@code writeReplace}. A length, then a stream in which every class passes the allow-list.
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

    private static final int DEPTH_MAX = 32;
    private static final int ARRAY_LENGTH_FREE = 64;

    JavaForm() {
        super(Kind.OBJECT);
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
        checkReadable(session, object, section);
        output.writeVarInt(section.length, true);
        output.writeBytes(section);
    }

    /** Only reading tells whether the limits of a reader, and the object's own {@code readObject}, accept it. */
    private static void checkReadable(Session session, Object object, byte[] section) {
        try {
            read(session, section, 0, section.length);
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

    private static Object read(Session session, byte[] buffer, int start, int length) {
        InputStream bytes = new ByteArrayInputStream(buffer, start, length);
        try (Reader reader = new Reader(bytes, session, length)) {
            Object object = reader.readObject();
            if (object == null || bytes.available() > 0) {
                throw MalformedException.damaged("a Java section with no object, or with more than one");
            }
            return object;
        } catch (IOException | ClassNotFoundException e) {
            throw MalformedException.damaged("a Java section that cannot be read: " + describe(e));
        }
    }

    @Override
    Object copy(Copying copying, Object original) {
        Object copy = JavaCopy.of(original);
        copying.open(original, copy);
        return copy;
    }

    private static boolean allows(Session session, String className) {
        return isStreamClass(className) || session.allowed().allows(className);
    }

    private static boolean isStreamClass(String className) {
        return STREAM_CLASSES.contains(AllowList.elementName(className));
    }

    /** Writes a fingerprint behind every class, and refuses what {@link Reader} would refuse. */
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

    /** Resolves classes through the allow-list and the manager's loader, within limits that follow from the length. */
    private static final class Reader extends ObjectInputStream {
        private final Session session;
        private final int bytesMax;

        Reader(InputStream in, Session session, int bytesMax) throws IOException {
            super(in);
            this.session = session;
            this.bytesMax = bytesMax;
            setObjectInputFilter(this::check);
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws IOException {
            long fingerprint = readLong();
            String name = description.getName();
            if (!allows(session, name)) {
                throw new MalformedException(UndecodableReason.CLASS_NOT_ALLOWED, "class " + name + " is not allowed");
            }
            if (isStreamClass(name)) {
                return JavaCopy.jdkClass(name);
            }
            Shape shape = session.allowed().resolve(name);
            if (fingerprint != shape.fingerprint()) {
                throw new MalformedException(
                        UndecodableReason.CLASS_CHANGED, "class " + name + " was written with other fields");
            }
            return shape.type();
        }

        @Override
        protected Class<?> resolveProxyClass(String[] interfaces) {
            throw new MalformedException(UndecodableReason.CLASS_NOT_ALLOWED, "a proxy");
        }

        private Status check(ObjectInputFilter.FilterInfo info) {
            Class<?> type = info.serialClass();
            if (info.depth() > DEPTH_MAX
                    || info.references() > bytesMax
                    || info.arrayLength() > bytesMax + ARRAY_LENGTH_FREE) {
                return Status.REJECTED;
            }
            if (type == null) {
                return Status.UNDECIDED;
            }
            return info.arrayLength() >= 0 || allows(session, type.getName()) ? Status.ALLOWED : Status.REJECTED;
        }
    }
}
