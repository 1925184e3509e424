package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A copy through Java serialization within this JVM: the reader gets the very classes that the writer saw. */
public final class JavaCopy {
    private final Map<String, Class<?>> classes = new HashMap<>();
    private final Deque<Class<?>> proxies = new ArrayDeque<>();
    /** What stands in the stream as a number. */
    private final List<Object> parts = new ArrayList<>();

    /** What others see in place of an object that was read. */
    private final UnaryOperator<Object> resolution;

    private JavaCopy(UnaryOperator<Object> resolution) {
        this.resolution = resolution;
    }

    /**
     * A copy of an object and of its parts, in which those that are copied already are their copies. It and those that others may
     * refer to are known as copied then.
     */
    static Object of(Object original, DeepCopy copying) {
        List<Object> copied = new ArrayList<>();
        JavaCopy copy = new JavaCopy(copying::resolve);
        List<Object> copies = copy.through(original, copied, part -> {
            Object known = copying.find(part);
            if (known == null && !(part instanceof Serializable)) {
                return copying.item(part);
            }
            if (known == null && copying.hasIdentity(part)) {
                copied.add(part);
            }
            return known;
        });
        for (int i = 0; i < copied.size(); i++) {
            copying.open(copied.get(i), copies.get(i + 1));
        }
        copying.open(original, copies.get(0));
        return copies.get(0);
    }

    /** The object that its class's {@code readObject} makes of the same parts, which need not be serializable. */
    public static Object ofSameParts(Object original) {
        return new JavaCopy(UnaryOperator.identity())
                .through(original, List.of(), part -> part)
                .get(0);
    }

    /**
     * Copies an object, and gives the copies of its {@code copied} parts behind it.
     *
     * @param replacement what to put into the copy in place of a part; null for a copy of the part
     */
    private List<Object> through(Object original, List<Object> copied, Function<Object, @Nullable Object> replacement) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            try (Writer writer = new Writer(bytes, original, replacement)) {
                writer.writeObject(original);
                for (Object part : copied) {
                    // A back reference: it tells which copy is that of this part.
                    writer.writeObject(part);
                }
            }
            List<Object> copies = new ArrayList<>();
            try (Reader reader = new Reader(new ByteArrayInputStream(bytes.toByteArray()))) {
                for (int i = 0; i <= copied.size(); i++) {
                    copies.add(reader.readObject());
                }
            }
            return copies;
        } catch (IOException | ClassNotFoundException e) {
            throw new UnencodableException(
                    "an object of class " + original.getClass().getName() + " cannot be copied by Java serialization ("
                            + JavaStreamSerializer.describe(e) + ")",
                    e);
        }
    }

    /** A class of the Java runtime. */
    static Class<?> jdkClass(String name) throws IOException {
        try {
            return Class.forName(name, false, ClassLoader.getPlatformClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IOException(e);
        }
    }

    /** Stands for a part in the stream. */
    private record Stand(int number) implements Serializable {}

    private final class Writer extends ObjectOutputStream {
        private final Object root;
        private final Function<Object, @Nullable Object> replacement;

        Writer(OutputStream out, Object root, Function<Object, @Nullable Object> replacement) throws IOException {
            super(out);
            this.root = root;
            this.replacement = replacement;
            enableReplaceObject(true);
        }

        @Override
        protected Object replaceObject(Object part) {
            Object other = part == root ? null : replacement.apply(part);
            if (other == null) {
                return part;
            }
            parts.add(other);
            return new Stand(parts.size() - 1);
        }

        @Override
        protected void annotateClass(Class<?> type) {
            classes.put(type.getName(), type);
        }

        @Override
        protected void annotateProxyClass(Class<?> type) {
            proxies.addLast(type);
        }
    }

    private final class Reader extends ObjectInputStream {
        Reader(InputStream in) throws IOException {
            super(in);
            enableResolveObject(true);
        }

        @Override
        protected Object resolveObject(Object object) {
            return object instanceof Stand stand ? parts.get(stand.number()) : resolution.apply(object);
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws ClassNotFoundException {
            Class<?> type = classes.get(description.getName());
            if (type == null) {
                throw new ClassNotFoundException(description.getName());
            }
            return type;
        }

        @Override
        protected Class<?> resolveProxyClass(String[] interfaces) {
            return proxies.removeFirst();
        }
    }
}
