package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.graph.SectionClasses.GraphHandle;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputFilter.Status;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Java section. Classes are resolved through the allow-list and the manager's class loader. All arrays together
 * have no more elements than the section has bytes, beyond a few for each. The budget of the value is charged for
 * hashing the objects of the section, before they are hashed.
 *
 * <p>Java serialization hashes the keys of a table as soon as they are read, and does not pass the target of a back
 * reference to its filter. So the filter, which is called for each back reference, reads it again to find the target.
 */
final class SectionReader extends ObjectInputStream {
    private static final int DEPTH_MAX = 32;
    private static final int ARRAY_LENGTH_FREE = 64;
    /** The parts that are counted for an object, since Java serialization needs more memory than a graph does. */
    private static final int PARTS_AN_OBJECT = 4;

    /** The parts that are counted for a string or a {@code Class}, which the stream does not report as an object. */
    private static final int PARTS_A_LEAF = 2;

    private final SectionBytes bytes;
    private final KryoSession session;
    private final SectionCosts costs;
    private final int bytesMax;
    private final IntFunction<@Nullable Object> outside;
    private long unclaimedElements;
    private boolean begins;
    private boolean isRepeating;
    private @Nullable MalformedException refusal;

    /** @param outside returns the object of the surrounding graph with a number; null if there is none */
    SectionReader(SectionBytes bytes, KryoSession session, int bytesMax, IntFunction<@Nullable Object> outside)
            throws IOException {
        super(bytes);
        this.bytes = bytes;
        this.session = session;
        this.costs = new SectionCosts(session.budget(), session.descriptors());
        this.bytesMax = bytesMax;
        this.outside = outside;
        this.unclaimedElements = bytesMax;
        enableResolveObject(true);
        setObjectInputFilter(this::check);
    }

    /** Returns the cost of hashing the object that was read. */
    long cost() {
        return costs.rootCost();
    }

    @Override
    protected ObjectStreamClass readClassDescriptor() throws IOException, ClassNotFoundException {
        if (bytes.isBehindTypeOfObject()) {
            begin();
            begins = true;
        } else if (bytes.isBehindTypeOfClass()) {
            session.budget().claimParts(PARTS_A_LEAF);
        }
        ObjectStreamClass described = super.readClassDescriptor();
        return described.getName().equals(SectionClasses.GRAPH_HANDLE)
                ? ObjectStreamClass.lookup(GraphHandle.class)
                : described;
    }

    private void begin() {
        session.budget().claimParts(PARTS_AN_OBJECT);
        costs.begin();
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description) throws IOException {
        long fingerprint = readLong();
        String name = description.getName();
        if (name.equals(GraphHandle.class.getName())) {
            return GraphHandle.class;
        }
        if (SectionClasses.isStreamClass(name)) {
            return jdkClass(name);
        }
        ClassDescriptor descriptor = session.resolve(name);
        if (fingerprint != descriptor.fingerprint()) {
            throw new MalformedException(
                    UndecodableReason.CLASS_CHANGED, "class " + name + " was written with other fields");
        }
        return descriptor.type();
    }

    private static Class<?> jdkClass(String name) throws IOException {
        try {
            return Class.forName(name, false, ClassLoader.getPlatformClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IOException(e);
        }
    }

    @Override
    protected Class<?> resolveProxyClass(String[] interfaces) {
        throw new MalformedException(UndecodableReason.CLASS_NOT_ALLOWED, "a proxy");
    }

    @Override
    protected Object resolveObject(Object object) {
        if (object instanceof String) {
            session.budget().claimParts(PARTS_A_LEAF);
            costs.leaf(object);
        } else {
            costs.end(object);
        }
        return object instanceof GraphHandle handle
                ? outside(handle.number())
                : session.descriptors().resolve(object);
    }

    private Object outside(int number) {
        Object object = outside.apply(number);
        if (object == null) {
            throw MalformedException.damaged("a Java section with a reference to nothing around it");
        }
        costs.referOutside(session.references().referFromSection(number, object));
        return object;
    }

    /**
     * Returns the reason for a refusal by the filter; null if there was none, or if a limit of Java serialization
     * refused.
     */
    @Nullable
    MalformedException refusal() {
        return refusal;
    }

    private Status check(ObjectInputFilter.FilterInfo info) {
        try {
            return isRepeating ? Status.UNDECIDED : status(info);
        } catch (MalformedException e) {
            // The stream would discard the exception.
            refusal = e;
            return Status.REJECTED;
        }
    }

    private Status status(ObjectInputFilter.FilterInfo info) {
        if (info.depth() > DEPTH_MAX || info.references() > bytesMax || !claim(info.arrayLength())) {
            return Status.REJECTED;
        }
        Class<?> type = info.serialClass();
        if (type == null) {
            refer(info);
            return Status.UNDECIDED;
        }
        if (info.arrayLength() >= 0) {
            return Status.ALLOWED;
        }
        if (begins) {
            begins = false;
            costs.type(type);
            costs.depth((int) info.depth(), true);
        }
        return SectionClasses.allows(session, type.getName()) ? Status.ALLOWED : Status.REJECTED;
    }

    /**
     * Claims the elements of an array. All arrays together may not have more elements than the section has bytes, so
     * that nested arrays cannot cause large allocations.
     */
    private boolean claim(long arrayLength) {
        unclaimedElements -= Math.max(0, arrayLength - ARRAY_LENGTH_FREE);
        return unclaimedElements >= 0;
    }

    private void refer(ObjectInputFilter.FilterInfo info) {
        if (!bytes.isBehindReference()) {
            throw MalformedException.damaged("a Java section lacks the bytes of a back reference");
        }
        boolean beginsObject = bytes.isBehindReferenceOfObject();
        boolean isClass = bytes.isBehindReferenceOfClass();
        Object target = target();
        if (!(target instanceof ObjectStreamClass description)) {
            costs.depth((int) info.depth(), false);
            if (target instanceof String || target instanceof Class) {
                costs.leaf(target);
            } else {
                costs.refer(target);
            }
        } else if (beginsObject) {
            begin();
            costs.type(description.forClass());
            costs.depth((int) info.depth(), true);
        } else if (isClass) {
            session.budget().claimParts(PARTS_A_LEAF);
        }
    }

    /** Returns the target of the back reference that was read last. */
    private Object target() {
        isRepeating = true;
        bytes.repeatReference();
        try {
            Object target = readObject();
            if (!bytes.endRepeat()) {
                throw MalformedException.damaged("a Java section has a back reference without a target");
            }
            return target;
        } catch (IOException | ClassNotFoundException e) {
            throw MalformedException.damaged("a Java section has a back reference without a target");
        } finally {
            isRepeating = false;
        }
    }
}
