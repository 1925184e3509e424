package io.github.tieredjcache.internal.codec;

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
import org.jspecify.annotations.Nullable;

/** A copy through Java serialization within this JVM: the reader gets the very classes that the writer saw. */
final class JavaCopy {
    private JavaCopy() {}

    static Object of(Object original) {
        return of(original, null);
    }

    /** The object that its class's {@code readObject} makes of the same parts, which need not be serializable. */
    static Object ofSameParts(Object original) {
        return of(original, new ArrayList<>());
    }

    private static Object of(Object original, @Nullable List<Object> parts) {
        Map<String, Class<?>> classes = new HashMap<>();
        Deque<Class<?>> proxies = new ArrayDeque<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            try (Writer writer = new Writer(bytes, classes, proxies, original, parts)) {
                writer.writeObject(original);
            }
            try (Reader reader = new Reader(new ByteArrayInputStream(bytes.toByteArray()), classes, proxies, parts)) {
                return reader.readObject();
            }
        } catch (IOException | ClassNotFoundException e) {
            throw new RefusedException(
                    "an object of class " + original.getClass().getName() + " cannot be copied by Java serialization ("
                            + JavaForm.describe(e) + ")",
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

    private static final class Writer extends ObjectOutputStream {
        private final Map<String, Class<?>> classes;
        private final Deque<Class<?>> proxies;

        private final Object root;
        private final @Nullable List<Object> parts;

        Writer(
                OutputStream out,
                Map<String, Class<?>> classes,
                Deque<Class<?>> proxies,
                Object root,
                @Nullable List<Object> parts)
                throws IOException {
            super(out);
            this.classes = classes;
            this.proxies = proxies;
            this.root = root;
            this.parts = parts;
            enableReplaceObject(parts != null);
        }

        @Override
        protected Object replaceObject(Object part) {
            if (parts == null || part == root) {
                return part;
            }
            parts.add(part);
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

    private static final class Reader extends ObjectInputStream {
        private final Map<String, Class<?>> classes;
        private final Deque<Class<?>> proxies;

        private final @Nullable List<Object> parts;

        Reader(InputStream in, Map<String, Class<?>> classes, Deque<Class<?>> proxies, @Nullable List<Object> parts)
                throws IOException {
            super(in);
            this.classes = classes;
            this.proxies = proxies;
            this.parts = parts;
            enableResolveObject(parts != null);
        }

        @Override
        protected Object resolveObject(Object object) {
            return parts != null && object instanceof Stand stand ? parts.get(stand.number()) : object;
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
