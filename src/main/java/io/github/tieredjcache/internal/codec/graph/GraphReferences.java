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
 * Which objects of a graph were met before, and which of them are not complete yet.
 *
 * <p>Within a key of a hash table only objects with fields are written as references: hashing a container that
 * holds the same container twice, which does so too, costs twice the time a level, so bytes could buy any amount
 * of time.
 */
final class GraphReferences extends MapReferenceResolver {
    private static final int NONE = -1;

    private final ClassDescriptors descriptors;
    private final Budget budget;
    private @Nullable KryoSession session;
    private @Nullable Object[] incomplete = new Object[16];
    /** How many ways lead up from each of them, which is what a hash that follows them costs. */
    private long[] ups = new long[16];
    /** Their numbers; -1 for those that nothing refers to. */
    private int[] numbers = new int[16];
    /** The number of the object that was met last, until it is opened. */
    private int lastNumber = NONE;

    private int incompleteCount;
    private boolean sawIncomplete;
    private @Nullable Set<Object> containersInKeys;
    /** The numbers of incomplete objects to which keys refer. */
    private final BitSet lateTargets = new BitSet();
    /** The objects that are part of a Java section, with its root. */
    private @Nullable IdentityHashMap<Object, Object> sections;
    /** The roots of Java sections whose parts are being written before them. */
    private @Nullable Set<Object> beforeSections;

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
            int place = incompletePlace(object);
            if (beforeSections != null && beforeSections.contains(object)) {
                throw new UnencodableException(throughSection(object));
            }
            if (place >= 0 && descriptors.get(object.getClass()).serializer().kind() == TypeSerializer.Kind.BUILT) {
                throw new UnencodableException(KryoSession.cycle(object));
            }
            refer(id, place);
        } else if (sections != null && sections.containsKey(object)) {
            throw sharedPart(object);
        }
        return id;
    }

    /** Detached parts have numbers, unless they are containers in a key, or are made anew each time that their owner is written. */
    private RuntimeException sharedPart(Object part) {
        if (session == null || !session.isDetaching()) {
            return new PartsFirstException();
        }
        return new UnencodableException("the same " + part.getClass().getName() + " is part of an object that only Java"
                + " serialization understands, and is referred to from elsewhere, too, which cannot be kept within a key"
                + " of a hash table; give each a copy of its own");
    }

    private static String throughSection(Object root) {
        return "a cycle through a " + root.getClass().getName()
                + ", which only Java serialization understands, cannot be"
                + " built again if an object in it is referred to from elsewhere, too; make it a class without a JDK"
                + " superclass, or break the cycle";
    }

    /** The number of an object that was written, or is; -1 for others, and for those that exist only once they are complete. */
    int writtenNumber(Object object) {
        return super.getWrittenId(object);
    }

    /** The object of a number; null if there is none, or if it cannot be referred to yet. */
    @Nullable
    Object readObject(int number) {
        return number < 0 || number >= readObjects.size() ? null : readObjects.get(number);
    }

    /** An object is part of the Java section of {@code root}: nothing outside of it can refer to it. */
    void addToSection(Object object, Object root) {
        if (sections == null) {
            sections = new IdentityHashMap<>();
        }
        Object other = sections.put(object, root);
        if (other != null && other != root) {
            throw sharedPart(object);
        }
    }

    /** The parts of a section are written before it, and nothing can refer to what they are part of. */
    void beginSection(Object root) {
        if (beforeSections == null) {
            beforeSections = Collections.newSetFromMap(new IdentityHashMap<>());
        }
        beforeSections.add(root);
    }

    void endSection(Object root) {
        Objects.requireNonNull(beforeSections).remove(root);
    }

    /** Counts a reference that leads out of a Java section; returns what it costs. */
    long referFromSection(int number, Object object) {
        int place = incompletePlace(object);
        if (place < 0) {
            return budget.cost(number);
        }
        sawIncomplete(number);
        return ups[place];
    }

    @Override
    public Object getReadObject(@SuppressWarnings("rawtypes") Class type, int id) {
        Object object = id < 0 || id >= readObjects.size() ? null : readObjects.get(id);
        if (object == null) {
            throw MalformedException.damaged("a reference to nothing");
        }
        refer(id, incompletePlace(object));
        return object;
    }

    /** Counts a reference to an object: complete, or in its place among those that are not. */
    private void refer(int id, int place) {
        if (place < 0) {
            budget.add(budget.cost(id));
            return;
        }
        sawIncomplete(id);
        budget.add(ups[place]);
        int owner = owner();
        if (owner > place) {
            ups[owner] = Budget.sum(ups[owner], ups[place]);
        }
    }

    private void sawIncomplete(int number) {
        sawIncomplete = true;
        if (session != null && session.isInHashKey()) {
            lateTargets.set(number);
        }
    }

    /** The place of the innermost object with fields: containers in it are parts of it. */
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

    /** The graph is complete: charges for what keys refer to that was not when they were read. */
    void chargeLate() {
        lateTargets.stream().forEach(id -> budget.charge(budget.cost(id)));
        lateTargets.clear();
    }

    @Override
    @SuppressWarnings("rawtypes")
    public int nextReadId(Class type) {
        int number = super.nextReadId(type);
        budget.begin(number);
        return number;
    }

    @Override
    public void setReadObject(int number, Object object) {
        super.setReadObject(number, object);
        budget.complete(number);
        lastNumber = number;
    }

    @Override
    public int addWrittenObject(Object object) {
        int number = super.addWrittenObject(object);
        budget.begin(number);
        lastNumber = number;
        return number;
    }

    boolean hasContainersInKeys() {
        return containersInKeys != null;
    }

    /**
     * Refuses a container that an object within a key of a hash table shares with others, since there it is not
     * written as a reference. Where no object lies between, the container is part of a key that must not change,
     * and a copy is as good.
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
            throw new UnencodableException(
                    "the same " + object.getClass().getName()
                            + " is referred to twice, once by an object within a key of a hash table; give that object a copy of its own");
        }
    }

    void open(Object object) {
        if (incompleteCount == incomplete.length) {
            incomplete = Arrays.copyOf(incomplete, 2 * incompleteCount);
            ups = Arrays.copyOf(ups, 2 * incompleteCount);
            numbers = Arrays.copyOf(numbers, 2 * incompleteCount);
        }
        ups[incompleteCount] = 1;
        numbers[incompleteCount] = lastNumber;
        lastNumber = NONE;
        incomplete[incompleteCount++] = object;
    }

    void closeLast() {
        incomplete[--incompleteCount] = null;
        if (numbers[incompleteCount] != NONE) {
            budget.complete(numbers[incompleteCount]);
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
        beforeSections = null;
    }

    /** Where an object stands among those that are not complete; -1 for one that is. */
    private int incompletePlace(Object object) {
        int place = incompleteCount - 1;
        while (place >= 0 && incomplete[place] != object) {
            place--;
        }
        return place;
    }
}
