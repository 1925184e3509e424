package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.util.MapReferenceResolver;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the objects of a graph that were written or read, and the incomplete objects among them.
 *
 * <p>Within a key of a hash table, only objects with fields are written as references. Otherwise a few bytes could cost
 * any amount of time: if a container holds the same container twice, and so on, each level doubles the time to hash it.
 */
final class GraphReferences extends MapReferenceResolver {
    private static final int NONE = -1;

    private final ClassDescriptors descriptors;
    private final Budget budget;
    private @Nullable KryoSession session;
    private @Nullable Object[] incomplete = new Object[16];
    /**
     * For each incomplete object the number of reference paths to enclosing objects: the cost of a hash that follows
     * them.
     */
    private long[] upwardPaths = new long[16];
    /** The numbers of the incomplete objects; -1 for objects that no reference can name. */
    private int[] numbers = new int[16];
    /** The number that was assigned last, until its object is opened. */
    private int lastNumber = NONE;

    private int incompleteCount;
    private boolean sawIncomplete;
    private @Nullable Set<Object> containersInKeys;
    /** The numbers of objects that were incomplete when a key referred to them. */
    private final BitSet deferredTargets = new BitSet();
    /** The objects within Java sections, each with the root of its section. */
    private @Nullable IdentityHashMap<Object, Object> sections;
    /** The roots of the Java sections whose parts are being written, before the sections themselves. */
    private @Nullable Set<Object> pendingSections;

    GraphReferences(ClassDescriptors descriptors, Budget budget) {
        this.descriptors = descriptors;
        this.budget = budget;
    }

    void attach(KryoSession owner) {
        session = owner;
    }

    @Override
    public boolean useReferences(@SuppressWarnings("rawtypes") Class type) {
        TypeSerializer.Kind kind = descriptors.get(type).serializer().kind();
        if (session != null && session.isInHashKey()) {
            return kind == TypeSerializer.Kind.OBJECT;
        }
        return kind != TypeSerializer.Kind.VALUE;
    }

    @Override
    public int getWrittenId(Object object) {
        int id = super.getWrittenId(object);
        if (id >= 0) {
            int place = incompleteIndex(object);
            if (pendingSections != null && pendingSections.contains(object)) {
                throw new UnencodableException(throughSection(object));
            }
            if (place >= 0 && descriptors.get(object.getClass()).serializer().kind() == TypeSerializer.Kind.BUILT) {
                throw new UnencodableException(KryoSession.cycle(object));
            }
            countReference(id, place);
        } else if (sections != null && sections.containsKey(object)) {
            throw sharedPart(object);
        }
        return id;
    }

    /**
     * Returns the exception for a part of a section that is referred to from outside. The graph is then written again
     * with the parts first. This does not help a container in a key, or a part that its owner creates anew for each
     * writing.
     */
    private RuntimeException sharedPart(Object part) {
        if (session == null || !session.writesPartsFirst()) {
            return new PartsFirstException();
        }
        return new UnencodableException("the same " + part.getClass().getName() + " is part of an object that only Java"
                + " serialization understands, and of another object; within a key of a hash table that cannot be read"
                + " back; give each object a copy of its own");
    }

    private static String throughSection(Object root) {
        return "a cycle through a " + root.getClass().getName()
                + ", which only Java serialization understands, cannot be"
                + " read back if an object in it is referred to from elsewhere, too; make it a class without a JDK"
                + " superclass, or break the cycle";
    }

    /** Returns the number of an object whose writing has begun; -1 for other objects. */
    int writtenNumber(Object object) {
        return super.getWrittenId(object);
    }

    /** Returns the object of a number; null if there is none, or if it does not exist until its parts are read. */
    @Nullable
    Object readObject(int number) {
        return number < 0 || number >= readObjects.size() ? null : readObjects.get(number);
    }

    /** Adds a part of the Java section of {@code root}; no reference from outside the section may name it. */
    void addToSection(Object object, Object root) {
        if (sections == null) {
            sections = new IdentityHashMap<>();
        }
        Object other = sections.put(object, root);
        if (other != null && other != root) {
            throw sharedPart(object);
        }
    }

    /** Begins to write the parts of a section, before the section; no reference may name {@code root} meanwhile. */
    void beginSectionParts(Object root) {
        if (pendingSections == null) {
            pendingSections = Collections.newSetFromMap(new IdentityHashMap<>());
        }
        pendingSections.add(root);
    }

    void endSectionParts(Object root) {
        Objects.requireNonNull(pendingSections).remove(root);
    }

    /** Counts a reference from a Java section to an object outside; returns the cost of the reference. */
    long referFromSection(int number, Object object) {
        int place = incompleteIndex(object);
        if (place < 0) {
            return budget.cost(number);
        }
        sawIncomplete(number);
        return upwardPaths[place];
    }

    @Override
    public Object getReadObject(@SuppressWarnings("rawtypes") Class type, int id) {
        Object object = id < 0 || id >= readObjects.size() ? null : readObjects.get(id);
        if (object == null) {
            throw MalformedException.damaged("a reference to object " + id + ", which does not exist");
        }
        countReference(id, incompleteIndex(object));
        return object;
    }

    /**
     * Counts a reference to an object.
     *
     * @param place the index of the object in {@link #incomplete}; -1 if it is complete
     */
    private void countReference(int id, int place) {
        if (place < 0) {
            budget.addCost(budget.cost(id));
            return;
        }
        sawIncomplete(id);
        budget.addCost(upwardPaths[place]);
        int owner = owner();
        if (owner > place) {
            upwardPaths[owner] = Budget.sum(upwardPaths[owner], upwardPaths[place]);
        }
    }

    private void sawIncomplete(int number) {
        sawIncomplete = true;
        if (session != null && session.isInHashKey()) {
            deferredTargets.set(number);
        }
    }

    /** Returns the index of the innermost incomplete object with fields, to which containers within it belong. */
    private int owner() {
        int place = incompleteCount - 1;
        while (place > 0 && isContainer(incomplete[place])) {
            place--;
        }
        return place;
    }

    private boolean isContainer(@Nullable Object object) {
        return object == null
                || descriptors.get(object.getClass()).serializer().kind() == TypeSerializer.Kind.CONTAINER;
    }

    /**
     * Charges the budget, when the graph is complete, for the objects that were incomplete when a key referred to them.
     */
    void chargeDeferred() {
        deferredTargets.stream().forEach(id -> budget.charge(budget.cost(id)));
        deferredTargets.clear();
    }

    @Override
    @SuppressWarnings("rawtypes")
    public int nextReadId(Class type) {
        int number = super.nextReadId(type);
        budget.beginObject(number);
        return number;
    }

    @Override
    public void setReadObject(int number, Object object) {
        super.setReadObject(number, object);
        budget.completeObject(number);
        lastNumber = number;
    }

    @Override
    public int addWrittenObject(Object object) {
        int number = super.addWrittenObject(object);
        budget.beginObject(number);
        lastNumber = number;
        return number;
    }

    boolean hasContainersInKeys() {
        return containersInKeys != null;
    }

    /**
     * Refuses a container that an object within a key of a hash table shares with other objects: it is not written as a
     * reference there, so it would be read as two containers. A container that belongs to the key without such an
     * object is accepted, since keys must not change, so two equal containers serve as well as one.
     */
    void checkUnshared(Object object, boolean inKeyObject) {
        if (descriptors.get(object.getClass()).serializer().kind() != TypeSerializer.Kind.CONTAINER) {
            return;
        }
        if (containersInKeys == null) {
            containersInKeys = Collections.newSetFromMap(new IdentityHashMap<>());
        }
        boolean shared = inKeyObject
                ? super.getWrittenId(object) >= 0 || !containersInKeys.add(object)
                : containersInKeys.contains(object);
        if (shared) {
            throw new UnencodableException("the same " + object.getClass().getName()
                    + " is referred to twice, once by an object within a key of a hash table;"
                    + " give that object a copy of its own");
        }
    }

    void open(Object object) {
        if (incompleteCount == incomplete.length) {
            incomplete = Arrays.copyOf(incomplete, 2 * incompleteCount);
            upwardPaths = Arrays.copyOf(upwardPaths, 2 * incompleteCount);
            numbers = Arrays.copyOf(numbers, 2 * incompleteCount);
        }
        upwardPaths[incompleteCount] = 1;
        numbers[incompleteCount] = lastNumber;
        lastNumber = NONE;
        incomplete[incompleteCount++] = object;
    }

    void closeLast() {
        incomplete[--incompleteCount] = null;
        if (numbers[incompleteCount] != NONE) {
            budget.completeObject(numbers[incompleteCount]);
        }
    }

    boolean watchIncomplete() {
        boolean before = sawIncomplete;
        sawIncomplete = false;
        return before;
    }

    boolean endWatch(boolean before) {
        boolean saw = sawIncomplete;
        sawIncomplete = saw || before;
        return saw;
    }

    @Override
    public void reset() {
        super.reset();
        sawIncomplete = false;
        containersInKeys = null;
        sections = null;
        pendingSections = null;
    }

    /** Returns the index of an object in {@link #incomplete}; -1 if it is complete. */
    private int incompleteIndex(Object object) {
        int place = incompleteCount - 1;
        while (place >= 0 && incomplete[place] != object) {
            place--;
        }
        return place;
    }
}
