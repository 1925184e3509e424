package io.github.tieredjcache.internal.codec;

import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** One deep copy in progress: which objects have their copy already. */
final class Copying {
    private static final int FEW = 8;

    private static final @Nullable Object[] NO_PAIRS = {};

    private final Shapes shapes;
    private @Nullable Object[] pairs = NO_PAIRS;
    private int pairCount;
    private @Nullable IdentityHashMap<Object, Object> more;
    private int depth;

    Copying(Shapes shapes) {
        this.shapes = shapes;
    }

    /** The copy of a part; null for null. */
    @Nullable
    Object item(@Nullable Object original) {
        if (original == null || original instanceof String) {
            return original;
        }
        Form<Object> form = shapes.get(original.getClass()).form();
        return form.isShareable() ? original : item(original, form);
    }

    Object item(Object original, Form<Object> form) {
        Object known = find(original);
        if (known != null) {
            return known;
        }
        if (++depth > Session.DEPTH_MAX) {
            throw new RefusedException(Session.tooDeep());
        }
        Object copy = form.copy(this, original);
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
            pairCount++;
            return;
        }
        if (more == null) {
            more = new IdentityHashMap<>();
        }
        more.put(original, copy);
    }

    /** The same for a copy that exists only now that its parts do. */
    void built(Object original, Object copy) {
        if (find(original) != null) {
            throw new RefusedException(Session.cycle(original));
        }
        open(original, copy);
    }

    private @Nullable Object find(Object original) {
        for (int i = 0; i < pairCount; i++) {
            if (pairs[2 * i] == original) {
                return pairs[2 * i + 1];
            }
        }
        return more == null ? null : more.get(original);
    }
}
