package io.github.tieredjcache.internal.codec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** A copy through Java serialization within this JVM: the reader gets the very classes that the writer saw. */
final class JavaCopy {
    private JavaCopy() {}

    static Object of(Object original) {
        Map<String, Class<?>> classes = new HashMap<>();
        Deque<Class<?>> proxies = new ArrayDeque<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            try (Writer writer = new Writer(bytes, classes, proxies)) {
                writer.writeObject(original);
            }
            try (Reader reader = new Reader(new ByteArrayInputStream(bytes.toByteArray()), classes, proxies)) {
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

    private static final class Writer extends ObjectOutputStream {
        private final Map<String, Class<?>> classes;
        private final Deque<Class<?>> proxies;

        Writer(OutputStream out, Map<String, Class<?>> classes, Deque<Class<?>> proxies) throws IOException {
            super(out);
            this.classes = classes;
            this.proxies = proxies;
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

        Reader(InputStream in, Map<String, Class<?>> classes, Deque<Class<?>> proxies) throws IOException {
            super(in);
            this.classes = classes;
            this.proxies = proxies;
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
