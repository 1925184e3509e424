package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
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

/** Copies objects by Java serialization within this JVM; the reader resolves the same classes that the writer saw. */
public final class JavaCopy {
    private final Map<String, Class<?>> classes = new HashMap<>();
    private final Deque<Class<?>> proxies = new ArrayDeque<>();
    /** The objects in whose place the stream has a {@link Placeholder}, by its number. */
    private final List<Object> parts = new ArrayList<>();

    /** Returns the object that takes the place of an object that was read. */
    private final UnaryOperator<Object> resolution;

    private JavaCopy(UnaryOperator<Object> resolution) {
        this.resolution = resolution;
    }

    /**
     * Copies an object and its parts. For a part that {@code deepCopy} has copied before, its copy is used. The copies
     * of the object and of its parts with identity are registered in {@code deepCopy}.
     */
    static Object of(Object original, DeepCopy deepCopy) {
        List<Object> copied = new ArrayList<>();
        JavaCopy copy = new JavaCopy(deepCopy::resolve);
        List<Object> copies = copy.through(original, copied, part -> {
            Object known = deepCopy.find(part);
            if (known == null && !(part instanceof Serializable)) {
                return deepCopy.copyOf(part);
            }
            if (known == null && deepCopy.hasIdentity(part)) {
                copied.add(part);
            }
            return known;
        });
        for (int i = 0; i < copied.size(); i++) {
            deepCopy.register(copied.get(i), copies.get(i + 1));
        }
        deepCopy.register(original, copies.get(0));
        return copies.get(0);
    }

    /**
     * Returns the object that the {@code readObject} of its class makes of the same parts, which need not be
     * serializable.
     */
    public static Object ofSameParts(Object original) {
        return new JavaCopy(UnaryOperator.identity())
                .through(original, List.of(), part -> part)
                .get(0);
    }

    /**
     * Returns the copy of an object, followed by the copies of its {@code copied} parts.
     *
     * @param replacement returns the object to put into the copy in place of a part; null for a copy of the part
     */
    private List<Object> through(Object original, List<Object> copied, Function<Object, @Nullable Object> replacement) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            try (Writer writer = new Writer(bytes, original, replacement)) {
                writer.writeObject(original);
                for (Object part : copied) {
                    // Written as a back reference, by which the reader finds the copy of this part.
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
                            + describe(e) + ")",
                    e);
        }
    }

    /**
     * Describes an exception without its message, which may contain a value, unless the message is only the name of a
     * class.
     */
    static String describe(Exception e) {
        return e instanceof NotSerializableException
                ? e.toString()
                : e.getClass().getName();
    }

    /** Replaces a part in the stream. */
    private record Placeholder(int number) implements Serializable {}

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
            return new Placeholder(parts.size() - 1);
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
            return object instanceof Placeholder placeholder
                    ? parts.get(placeholder.number())
                    : resolution.apply(object);
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
