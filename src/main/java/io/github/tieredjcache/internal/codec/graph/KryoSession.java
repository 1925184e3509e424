package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A Kryo instance with its buffers, and the state of the one graph that it writes or reads. Used by one thread at
 * a time; after any failure it is discarded, since Kryo may then fail on good data.
 */
public final class KryoSession extends Kryo {
    static final int DEPTH_MAX = 400;
    private static final int BUFFER_BYTES_KEPT_MAX = 64 * 1024;
    /** No array can be longer in any Java runtime, with room for a head. */
    private static final int ARRAY_BYTES_MAX = Integer.MAX_VALUE - 64;

    private static final int BUFFER_BYTES_FIRST = 4 * 1024;

    private final ClassDescriptors descriptors;
    private final GraphReferences references;
    private final ClassNames classes;
    private final Output output = new Output(BUFFER_BYTES_FIRST, BUFFER_BYTES_FIRST);
    private final Input input = new Input();
    private final Deque<Runnable> deferred = new ArrayDeque<>();
    private @Nullable AllowList allowed;
    private final Budget budget;
    private long unclaimedBytes;
    private int depth;
    private int hashKeyDepth;
    private int keyObjectDepth;
    private boolean detaching;

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
        setRegistrationRequired(false);
        setOptimizedGenerics(false);
        setMaxDepth(2 * DEPTH_MAX);
    }

    ClassDescriptors descriptors() {
        return descriptors;
    }

    public Budget budget() {
        return budget;
    }

    /** Whether the parts of objects that only Java serialization understands are written before these. */
    boolean isDetaching() {
        return detaching;
    }

    GraphReferences references() {
        return references;
    }

    AllowList allowed() {
        if (allowed == null) {
            throw new IllegalStateException("no graph is being written or read");
        }
        return allowed;
    }

    /**
     * Writes a graph of at most {@code graphBytesMax} bytes, after {@code headBytes} bytes that the caller fills
     * in.
     *
     * @param partsFirst whether the parts of objects that only Java serialization understands are written before these
     */
    public byte[] writeGraph(AllowList rules, Object root, int headBytes, int graphBytesMax, boolean partsFirst) {
        allowed = rules;
        detaching = partsFirst;
        budget.begin();
        int bytesMax = Math.addExact(headBytes, Math.min(graphBytesMax, ARRAY_BYTES_MAX));
        output.setBuffer(output.getBuffer(), Math.max(bytesMax, output.getBuffer().length));
        output.setPosition(headBytes);
        writeItem(output, root);
        byte[] bytes = output.toBytes();
        if (bytes.length > bytesMax) {
            throw new UnencodableException(tooLarge(graphBytesMax));
        }
        references.chargeLate();
        if (budget.bytesNeeded() > bytes.length - headBytes) {
            throw new UnencodableException(Budget.tooManySteps());
        }
        finish();
        return bytes;
    }

    /**
     * Reads the graph that fills the given range to its end.
     *
     * @param bytesRead how many bytes came from Redis for it: fewer than its length if it was compressed
     */
    public Object readGraph(AllowList rules, byte[] bytes, int start, int length, int bytesRead) {
        allowed = rules;
        budget.read(bytesRead);
        unclaimedBytes = length;
        input.setBuffer(bytes, start, length);
        Object root = readItem(input);
        references.chargeLate();
        while (!deferred.isEmpty()) {
            deferred.removeFirst().run();
        }
        if (input.position() != start + length) {
            throw MalformedException.damaged((start + length - input.position()) + " bytes after the end");
        }
        if (root == null) {
            throw MalformedException.damaged("no value");
        }
        finish();
        return root;
    }

    private void finish() {
        allowed = null;
        input.setBuffer(ClassDescriptors.NO_BYTES);
        if (output.getBuffer().length > BUFFER_BYTES_KEPT_MAX) {
            output.setBuffer(new byte[BUFFER_BYTES_FIRST], BUFFER_BYTES_FIRST);
        }
    }

    /** How many bytes the write buffer holds while the session is idle. */
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
        budget.meet();
        writeClassAndObject(target, item);
        depth--;
    }

    /** Writes a key of a hash table or a sorted container; returns what it costs. */
    long writeKey(Output target, @Nullable Object key) {
        long before = budget.met();
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
            throw new MalformedException(UndecodableReason.LIMIT, "more than " + DEPTH_MAX + " levels");
        }
        budget.meet();
        Object item = readClassAndObject(source);
        depth--;
        return item;
    }

    /** Reads a key of a hash table or a sorted container into {@code keys}; returns what it costs. */
    long readKey(Input source, @Nullable Object[] keys, int index) {
        long before = budget.met();
        hashKeyDepth++;
        keys[index] = readItem(source);
        hashKeyDepth--;
        return charged(before);
    }

    /** Writes the class alone, as the element type of an EnumSet. */
    void writeType(Output target, Class<?> type) {
        classes.writeClass(target, type);
    }

    /** Reads a class that was written alone. */
    Class<?> readType(Input source) {
        return classes.readClass(source).getType();
    }

    /**
     * Takes a length that the bytes declare. All of them together may not exceed the bytes that there are, so a
     * forged one can make nothing large.
     */
    int claim(Input source, long length) {
        if (length < 0 || length > unclaimedBytes || length > source.limit() - source.position()) {
            throw MalformedException.damaged("a length of " + length + " that the bytes do not hold");
        }
        unclaimedBytes -= length;
        return (int) length;
    }

    /** The same for a length in bytes that the bytes say. */
    int claimLength(Input source) {
        return claim(source, source.readVarInt(true));
    }

    /** The same for the number of parts that follow. */
    int claimCount(Input source) {
        int count = claimLength(source);
        budget.expect(count);
        return count;
    }

    /** Writes the number of parts that follow. */
    void writeCount(Output target, int count) {
        budget.expect(count);
        target.writeVarInt(count, true);
    }

    /** While reading: parts read from now on may refer to this object, although it is not complete. */
    void open(Object object) {
        reference(object);
        references.open(object);
    }

    /** While writing: the same for an object whose parts are written now. */
    void openWritten(Object object) {
        references.open(object);
    }

    /** The object opened last is complete. */
    void closeLast() {
        references.closeLast();
    }

    /** Whether the parts of a key of a hash table or a sorted container are written or read. */
    boolean isInHashKey() {
        return hashKeyDepth > 0;
    }

    /**
     * While writing: the fields of an object within a key of a hash table begin; whether they do, and {@link
     * #leaveKeyObject} must follow.
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

    /** Starts to watch for references to incomplete objects; its answer is for {@link #endWatch}. */
    boolean watchIncomplete() {
        return references.watchIncomplete();
    }

    /** Whether such a reference was met since the watch began. */
    boolean endWatch(boolean before) {
        return references.endWatch(before);
    }

    /**
     * Fills a hash table now; or at the end of the graph, if one of its keys may refer to an object that is not
     * complete, and whose hash is not yet what it will be.
     */
    void fill(boolean late, Runnable filling) {
        if (late) {
            deferred.addLast(filling);
        } else {
            filling.run();
        }
    }

    static String tooDeep() {
        return "more than " + DEPTH_MAX + " levels of objects within objects; keep long chains in a list";
    }

    static String cycle(Object immutable) {
        return "a cycle through an immutable " + immutable.getClass().getName() + " cannot be built again; let"
                + " the way back lead through a mutable object";
    }

    public static String tooLarge(int bytesMax) {
        return "more than " + bytesMax + " bytes; see tiered-jcache.codec.maximum-value-size";
    }
}
