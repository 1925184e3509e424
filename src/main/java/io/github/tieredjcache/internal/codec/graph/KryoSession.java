package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Kryo instance with its buffers, and the state of the graph that is being written or read. Used by one thread at a
 * time. Must be discarded after any failure, since Kryo may then fail on good data.
 */
public final class KryoSession extends Kryo {
    static final int DEPTH_MAX = 400;
    private static final int BUFFER_BYTES_KEPT_MAX = 64 * 1024;
    /** The maximum length of an array in all Java runtimes, less room for a header. */
    private static final int ARRAY_BYTES_MAX = Integer.MAX_VALUE - 64;

    private static final byte[] NO_BYTES = {};
    private static final int BUFFER_BYTES_FIRST = 4 * 1024;

    private final ClassDescriptors descriptors;
    private final GraphReferences references;
    private final ClassNames classes;
    private final Output output = new Output(BUFFER_BYTES_FIRST, BUFFER_BYTES_FIRST);
    private final Input input = new Input();
    private final Deque<Runnable> deferred = new ArrayDeque<>();
    /** The classes of a graph that is being written, which the cache learns when the graph is complete. */
    private final Map<String, ClassDescriptor> unlearned = new HashMap<>();

    private @Nullable AllowList allowed;
    private final Budget budget;
    private long unclaimedBytes;
    private int depth;
    private int hashKeyDepth;
    private int keyObjectDepth;
    private boolean partsFirst;

    KryoSession(ClassDescriptors descriptors) {
        this(descriptors, new Budget());
    }

    private KryoSession(ClassDescriptors descriptors, Budget budget) {
        this(descriptors, budget, new ClassNames(descriptors), new GraphReferences(descriptors, budget));
    }

    private KryoSession(ClassDescriptors descriptors, Budget budget, ClassNames classes, GraphReferences references) {
        super(classes, references);
        this.descriptors = descriptors;
        this.budget = budget;
        this.classes = classes;
        this.references = references;
        classes.attach(this);
        references.attach(this);
    }

    ClassDescriptors descriptors() {
        return descriptors;
    }

    public Budget budget() {
        return budget;
    }

    /** Returns whether the parts of Java sections are written before the sections. */
    boolean writesPartsFirst() {
        return partsFirst;
    }

    GraphReferences references() {
        return references;
    }

    private AllowList allowed() {
        if (allowed == null) {
            throw new IllegalStateException("no graph is being written or read");
        }
        return allowed;
    }

    /** Checks a class before it is written, as {@link AllowList#check}; the cache learns it with the whole graph. */
    void check(Class<?> type) {
        ClassDescriptor written = allowed().check(type);
        if (written != null) {
            unlearned.put(type.getName(), written);
        }
    }

    /** Returns the class of a name in the graph, as {@link AllowList#resolve}. */
    ClassDescriptor resolve(String className) {
        ClassDescriptor written = unlearned.get(className);
        return written == null ? allowed().resolve(className) : written;
    }

    /** Returns whether {@link #resolve} may load a class of this name. */
    boolean mayLoad(String className) {
        return unlearned.containsKey(className) || allowed().mayLoad(className);
    }

    /**
     * Writes a graph of at most {@code graphBytesMax} bytes after {@code headBytes} bytes, which the caller fills in. A
     * graph that is refused teaches no class.
     *
     * @param partsFirst whether the parts of Java sections are written before the sections
     * @throws PartsFirstException if {@code partsFirst} is false and the graph must be written with parts first
     */
    public byte[] writeGraph(AllowList rules, Object root, int headBytes, int graphBytesMax, boolean partsFirst) {
        allowed = rules;
        this.partsFirst = partsFirst;
        budget.reset();
        int bytesMax = Math.addExact(headBytes, Math.min(graphBytesMax, ARRAY_BYTES_MAX));
        output.setBuffer(output.getBuffer(), Math.max(bytesMax, output.getBuffer().length));
        output.setPosition(headBytes);
        writeItem(output, root);
        byte[] bytes = output.toBytes();
        if (bytes.length > bytesMax) {
            throw new UnencodableException(tooLarge(graphBytesMax));
        }
        references.chargeDeferred();
        if (budget.bytesNeeded() > bytes.length - headBytes) {
            throw new UnencodableException(Budget.tooManySteps());
        }
        unlearned.values().forEach(rules::learn);
        unlearned.clear();
        finish();
        return bytes;
    }

    /**
     * Reads the graph that fills the given range.
     *
     * @param bytesRead the length of the graph in Redis: less than {@code length} if it was compressed there
     */
    public Object readGraph(AllowList rules, byte[] bytes, int start, int length, int bytesRead) {
        allowed = rules;
        budget.resetForReading(bytesRead);
        unclaimedBytes = length;
        input.setBuffer(bytes, start, length);
        Object root = readItem(input);
        references.chargeDeferred();
        while (!deferred.isEmpty()) {
            deferred.removeFirst().run();
        }
        if (input.position() != start + length) {
            throw MalformedException.damaged((start + length - input.position()) + " bytes follow the value");
        }
        if (root == null) {
            throw MalformedException.damaged("the value is null");
        }
        finish();
        return root;
    }

    private void finish() {
        allowed = null;
        input.setBuffer(NO_BYTES);
        if (output.getBuffer().length > BUFFER_BYTES_KEPT_MAX) {
            output.setBuffer(new byte[BUFFER_BYTES_FIRST], BUFFER_BYTES_FIRST);
        }
    }

    /** Returns the size of the write buffer in bytes. */
    public int bufferBytes() {
        return output.getBuffer().length;
    }

    /** Writes a part, with its class. */
    void writeItem(Output target, @Nullable Object item) {
        if (++depth > DEPTH_MAX) {
            throw new UnencodableException(tooDeep());
        }
        if (item != null && (keyObjectDepth > 0 || references.hasContainersInKeys())) {
            references.checkUnshared(item, keyObjectDepth > 0);
        }
        budget.countPart();
        writeClassAndObject(target, item);
        depth--;
    }

    /** Writes a key of a hash table or a sorted container; returns the cost of the key. */
    long writeKey(Output target, @Nullable Object key) {
        long before = budget.costSoFar();
        hashKeyDepth++;
        writeItem(target, key);
        hashKeyDepth--;
        return charged(before);
    }

    private long charged(long before) {
        long cost = budget.costSince(before);
        budget.charge(cost);
        return cost;
    }

    /** Reads a part with its class; null if null was written. */
    @Nullable
    Object readItem(Input source) {
        if (++depth > DEPTH_MAX) {
            throw new MalformedException(UndecodableReason.LIMIT, "the value has more than " + DEPTH_MAX + " levels");
        }
        budget.countPart();
        Object item = readClassAndObject(source);
        depth--;
        return item;
    }

    /** Reads a key of a hash table or a sorted container into {@code keys}; returns the cost of the key. */
    long readKey(Input source, @Nullable Object[] keys, int index) {
        long before = budget.costSoFar();
        hashKeyDepth++;
        keys[index] = readItem(source);
        hashKeyDepth--;
        return charged(before);
    }

    /** Writes a class without an object, such as the element type of an EnumSet. */
    void writeType(Output target, Class<?> type) {
        classes.writeClass(target, type);
    }

    /** Reads a class that was written without an object. */
    Class<?> readType(Input source) {
        return classes.readClass(source).getType();
    }

    /**
     * Checks and claims a length that the bytes declare. The sum of all claimed lengths may not exceed the length of
     * the graph, so that forged lengths cannot cause large allocations.
     */
    int claim(Input source, long length) {
        if (length < 0 || length > unclaimedBytes || length > source.limit() - source.position()) {
            throw MalformedException.damaged("a length of " + length + " exceeds the remaining bytes");
        }
        unclaimedBytes -= length;
        return (int) length;
    }

    /** Reads and claims a length in bytes. */
    int claimLength(Input source) {
        return claim(source, source.readVarInt(true));
    }

    /** Reads and claims the number of parts that follow. */
    int claimCount(Input source) {
        int count = claimLength(source);
        budget.claimParts(count);
        return count;
    }

    /** Writes the number of parts that follow. */
    void writeCount(Output target, int count) {
        budget.claimParts(count);
        target.writeVarInt(count, true);
    }

    /** While reading: opens an incomplete object, to which the parts that are read from now on may refer. */
    void open(Object object) {
        reference(object);
        references.open(object);
    }

    /** While writing: opens an object whose parts are written now. */
    void openWritten(Object object) {
        references.open(object);
    }

    /** Closes the object that was opened last: it is complete. */
    void closeLast() {
        references.closeLast();
    }

    /** Returns whether a key of a hash table or a sorted container is being written or read. */
    boolean isInHashKey() {
        return hashKeyDepth > 0;
    }

    /**
     * While writing: begins the fields of an object, if it is within a key of a hash table. Returns whether it is; then
     * {@link #leaveKeyObject} must follow.
     */
    boolean enterKeyObject() {
        if (hashKeyDepth == 0) {
            return false;
        }
        keyObjectDepth++;
        return true;
    }

    void leaveKeyObject() {
        keyObjectDepth--;
    }

    /** Begins to watch for references to incomplete objects; returns an argument for {@link #endWatch}. */
    boolean watchIncomplete() {
        return references.watchIncomplete();
    }

    /** Ends the watch; returns whether such a reference was written or read since it began. */
    boolean endWatch(boolean before) {
        return references.endWatch(before);
    }

    /**
     * Fills a hash table, now or at the end of the graph.
     *
     * @param isDeferred whether a key of the table may refer to an incomplete object, so that its hash code may still
     *     change
     */
    void fill(boolean isDeferred, Runnable filling) {
        if (isDeferred) {
            deferred.addLast(filling);
        } else {
            filling.run();
        }
    }

    static String tooDeep() {
        return "the value has more than " + DEPTH_MAX + " levels of objects within objects; keep long chains in a list";
    }

    static String cycle(Object immutable) {
        return "a cycle through an immutable " + immutable.getClass().getName() + " cannot be read back; close the"
                + " cycle by a field of a mutable object";
    }

    public static String tooLarge(int bytesMax) {
        return "the value has more than " + bytesMax + " bytes; see tiered-jcache.codec.maximum-value-size";
    }
}
