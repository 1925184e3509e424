package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.internal.codec.api.UnencodableException;
import org.jspecify.annotations.Nullable;

/** One deep copy in progress: which objects have their copy already. */
public final class DeepCopy {
    /** So many are sought one by one, which takes less than the first hash of an object. */
    private static final int FEW = 8;

    private static final int FIRST_PLACES = 32;
    private static final int GROWTH = 4;
    private static final int HASH_FACTOR = 0x9E3779B9;

    private static final @Nullable Object[] NO_PAIRS = {};

    private final ClassDescriptors descriptors;
    // An original and its copy in turn: the first few in order, more of them as a hash table of which a quarter is
    // free.
    private @Nullable Object[] pairs = NO_PAIRS;
    private int pairCount;
    private int depth;

    public DeepCopy(ClassDescriptors descriptors) {
        this.descriptors = descriptors;
    }

    /** The copy of a part; null for null. */
    @Nullable
    Object item(@Nullable Object original) {
        if (original == null || original instanceof String) {
            return original;
        }
        TypeSerializer<Object> serializer = descriptors.get(original.getClass()).serializer();
        return serializer.isShareable() ? original : item(original, serializer);
    }

    public Object item(Object original, TypeSerializer<Object> serializer) {
        Object known = find(original);
        if (known != null) {
            return known;
        }
        if (++depth > KryoSession.DEPTH_MAX) {
            throw new UnencodableException(KryoSession.tooDeep());
        }
        Object copy = serializer.copy(this, original);
        depth--;
        return copy;
    }

    /** Whether what is copied now is what the copy began with. */
    boolean isAtRoot() {
        return depth == 1;
    }

    /** Tells that {@code copy} stands for {@code original} from now on, before its parts are copied. */
    void open(Object original, Object copy) {
        if (pairCount < FEW) {
            if (pairCount == 0) {
                pairs = new Object[2 * FEW];
            }
            pairs[2 * pairCount] = original;
            pairs[2 * pairCount + 1] = copy;
        } else {
            if (pairCount == FEW) {
                rehash(2 * FIRST_PLACES);
            } else if (8 * pairCount >= 3 * pairs.length) {
                rehash(GROWTH * pairs.length);
            }
            put(original, copy);
        }
        pairCount++;
    }

    private void rehash(int length) {
        @Nullable Object[] before = pairs;
        pairs = new Object[length];
        for (int i = 0; i < before.length; i += 2) {
            Object original = before[i];
            if (original != null) {
                put(original, before[i + 1]);
            }
        }
    }

    private void put(Object original, @Nullable Object copy) {
        int place = place(original);
        while (pairs[place] != null) {
            place = (place + 2) & (pairs.length - 1);
        }
        pairs[place] = original;
        pairs[place + 1] = copy;
    }

    private int place(Object original) {
        int hash = System.identityHashCode(original) * HASH_FACTOR;
        // As many of the upper bits as there are places, two by two.
        return (hash >>> (Integer.SIZE - Integer.numberOfTrailingZeros(pairs.length))) & -2;
    }

    /** The same for a copy that exists only now that its parts do. */
    void built(Object original, Object copy) {
        if (find(original) != null) {
            throw new UnencodableException(KryoSession.cycle(original));
        }
        open(original, copy);
    }

    /** The one object of a class that has one only, in place of another one. */
    Object resolve(Object object) {
        return descriptors.resolve(object);
    }

    /** Whether it matters that two references lead to the same object. */
    boolean hasIdentity(Object original) {
        return descriptors.hasIdentity(original.getClass());
    }

    /** The copy that stands for an object already; null if there is none. */
    @Nullable
    Object find(Object original) {
        if (pairCount <= FEW) {
            for (int i = 0; i < pairCount; i++) {
                if (pairs[2 * i] == original) {
                    return pairs[2 * i + 1];
                }
            }
            return null;
        }
        int place = place(original);
        while (pairs[place] != null && pairs[place] != original) {
            place = (place + 2) & (pairs.length - 1);
        }
        return pairs[place + 1];
    }
}
