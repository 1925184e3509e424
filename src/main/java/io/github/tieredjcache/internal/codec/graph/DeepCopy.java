package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.internal.codec.api.UnencodableException;
import org.jspecify.annotations.Nullable;

/** One deep copy in progress. Remembers the copy of each object that was copied. */
public final class DeepCopy {
    /** Up to this number, a linear search takes less time than the first identity hash of an object. */
    private static final int FEW = 8;

    private static final int FIRST_PLACES = 32;
    private static final int GROWTH = 4;
    private static final int HASH_FACTOR = 0x9E3779B9;

    private static final @Nullable Object[] NO_PAIRS = {};

    private final ClassDescriptors descriptors;
    // Alternates originals and copies: up to FEW pairs in order, more as a hash table of which at least a quarter is
    // free.
    private @Nullable Object[] pairs = NO_PAIRS;
    private int pairCount;
    private int depth;
    private @Nullable ClassDescriptor recent;
    private @Nullable ClassDescriptor beforeRecent;

    public DeepCopy(ClassDescriptors descriptors) {
        this.descriptors = descriptors;
    }

    /** Returns the copy of a part; null for null. */
    @Nullable
    Object copyOf(@Nullable Object original) {
        if (original == null || original instanceof String) {
            return original;
        }
        TypeSerializer<Object> serializer = serializerOf(original.getClass());
        return serializer.isShareable() ? original : copyOf(original, serializer);
    }

    /** Returns the serializer of a class; often one of the last two, as in a list of objects that have lists. */
    private TypeSerializer<Object> serializerOf(Class<?> type) {
        ClassDescriptor known = recent;
        if (known != null && known.type() == type) {
            return known.serializer();
        }
        ClassDescriptor older = beforeRecent;
        if (older != null && older.type() == type) {
            return older.serializer();
        }
        ClassDescriptor found = descriptors.get(type);
        beforeRecent = known;
        recent = found;
        return found.serializer();
    }

    Object copyOf(Object original, TypeSerializer<Object> serializer) {
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

    /** Registers {@code copy} as the copy of {@code original}, before its parts are copied. */
    void register(Object original, Object copy) {
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
        // The upper bits of the hash choose a pair of array elements; the mask makes the index even.
        return (hash >>> (Integer.SIZE - Integer.numberOfTrailingZeros(pairs.length))) & -2;
    }

    /** Registers a copy that was built of its copied parts. */
    void registerBuilt(Object original, Object copy) {
        if (find(original) != null) {
            throw new UnencodableException(KryoSession.cycle(original));
        }
        register(original, copy);
    }

    /** Returns the singleton in place of another object of its class; other objects unchanged. */
    Object resolve(Object object) {
        return descriptors.resolve(object);
    }

    /** Returns whether the copy must preserve that two references lead to this object. */
    boolean hasIdentity(Object original) {
        return descriptors.get(original.getClass()).serializer().hasIdentity();
    }

    /** Returns the registered copy of an object; null if there is none. */
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
