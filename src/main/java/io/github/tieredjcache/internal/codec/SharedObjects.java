package io.github.tieredjcache.internal.codec;

import com.esotericsoftware.kryo.util.MapReferenceResolver;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which objects of a graph were met before, and which of them are not complete yet.
 *
 * <p>Within a key of a hash table only objects with fields are written as references: hashing a container that
 * holds the same container twice, which does so too, costs twice the time a level, so bytes could buy any amount
 * of time.
 */
final class SharedObjects extends MapReferenceResolver {
    private final Shapes shapes;
    private @Nullable Session session;
    private @Nullable Object[] incomplete = new Object[16];
    private int incompleteCount;
    private boolean sawIncomplete;
    private @Nullable Set<Object> containersInKeys;

    SharedObjects(Shapes shapes) {
        this.shapes = shapes;
    }

    void attach(Session owner) {
        session = owner;
    }

    @Override
    public boolean useReferences(@SuppressWarnings("rawtypes") Class type) {
        Form.Kind kind = shapes.get(type).form().kind();
        if (session != null && session.isInHashKey()) {
            return kind == Form.Kind.OBJECT;
        }
        return kind != Form.Kind.VALUE;
    }

    @Override
    public int getWrittenId(Object object) {
        int id = super.getWrittenId(object);
        if (id >= 0 && isIncomplete(object)) {
            if (shapes.get(object.getClass()).form().kind() == Form.Kind.BUILT) {
                throw new RefusedException(Session.cycle(object));
            }
            sawIncomplete = true;
        }
        return id;
    }

    @Override
    public Object getReadObject(@SuppressWarnings("rawtypes") Class type, int id) {
        Object object = id < 0 || id >= readObjects.size() ? null : readObjects.get(id);
        if (object == null) {
            throw MalformedException.damaged("a reference to nothing");
        }
        if (isIncomplete(object)) {
            sawIncomplete = true;
        }
        return object;
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
        if (shapes.get(object.getClass()).form().kind() != Form.Kind.CONTAINER) {
            return;
        }
        if (containersInKeys == null) {
            containersInKeys = Collections.newSetFromMap(new IdentityHashMap<>());
        }
        boolean shared = inKeyObject
                ? super.getWrittenId(object) >= 0 || !containersInKeys.add(object)
                : containersInKeys.contains(object);
        if (shared) {
            throw new RefusedException(
                    "the same " + object.getClass().getName()
                            + " is referred to twice, once by an object within a key of a hash table; give that object a copy of its own");
        }
    }

    void open(Object object) {
        if (incompleteCount == incomplete.length) {
            incomplete = Arrays.copyOf(incomplete, 2 * incompleteCount);
        }
        incomplete[incompleteCount++] = object;
    }

    void closeLast() {
        incomplete[--incompleteCount] = null;
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
    }

    private boolean isIncomplete(Object object) {
        for (int i = incompleteCount - 1; i >= 0; i--) {
            if (incomplete[i] == object) {
                return true;
            }
        }
        return false;
    }
}
