package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.internal.codec.api.MalformedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jspecify.annotations.Nullable;

/**
 * Computes the costs of the objects of a Java section, in the order in which the stream begins, refers to and ends
 * them. The budget is charged for the parts of an object that may hash them while it is read, before it does so.
 */
final class SectionCosts {
    /** Up to this number of parts, collisions of their hash codes are not charged. */
    private static final int FEW = 64;

    private final Budget budget;
    private final ClassDescriptors descriptors;
    private final Deque<Frame> open = new ArrayDeque<>();
    private final IdentityHashMap<Object, Long> costs = new IdentityHashMap<>();
    private long rootCost = 1;

    /** An object that the stream has begun and not ended. */
    private static final class Frame {
        private @Nullable Class<?> type;
        private boolean mayHash;
        /** The depth in the stream; -1 until it is known. */
        private int depth = -1;

        private long cost = 1;
        /** The number of reference paths to enclosing objects. */
        private long upwardPaths = 1;

        private int parts;
        private @Nullable Map<Integer, Collisions.Same> same;
    }

    SectionCosts(Budget budget, ClassDescriptors descriptors) {
        this.budget = budget;
        this.descriptors = descriptors;
    }

    void begin() {
        open.push(new Frame());
    }

    /** Sets the class of the object that begins. Ignores later calls, which are for its superclasses. */
    void type(@Nullable Class<?> type) {
        Frame top = open.peek();
        if (top != null && top.type == null && type != null) {
            top.type = type;
            top.mayHash = HashingTypes.mayHash(type, descriptors);
        }
    }

    /**
     * Sets the current depth of the stream. Merges deeper objects into their holders: they have ended, but the stream
     * did not report that.
     *
     * @param begins whether the object that was begun last is at this depth
     */
    void depth(int depth, boolean begins) {
        Frame top = begins ? open.poll() : null;
        while (!open.isEmpty() && open.getFirst().depth >= depth) {
            mergeLast();
        }
        if (top != null) {
            top.depth = depth;
            open.push(top);
        }
    }

    /** Ends the object that was begun last. */
    void end(Object object) {
        Frame frame = open.poll();
        if (frame == null) {
            throw MalformedException.damaged("a Java section ends an object that it did not begin");
        }
        costs.merge(object, frame.cost, Math::max);
        Frame holder = open.peek();
        if (holder == null) {
            rootCost = Math.max(rootCost, frame.cost);
        } else {
            addPart(holder, object, frame.cost);
        }
    }

    /** Adds a string, which has no parts. */
    void leaf(Object leaf) {
        Frame holder = open.peek();
        if (holder != null) {
            addPart(holder, leaf, 1);
        }
    }

    /** Adds a reference to an object that was begun before. */
    void refer(Object object) {
        Frame holder = open.peek();
        if (holder == null) {
            return;
        }
        Long cost = costs.get(object);
        if (cost != null) {
            addPart(holder, object, cost);
            return;
        }
        long upwardPaths = upwardPaths(object.getClass());
        addUpwardPaths(object.getClass(), upwardPaths);
        charge(holder, upwardPaths);
    }

    /** Adds a reference to an object outside of the section. */
    void referOutside(long cost) {
        Frame holder = open.peek();
        if (holder != null) {
            charge(holder, cost);
        }
    }

    /** Returns the cost of the section, with objects whose end the stream did not report. */
    long rootCost() {
        open.forEach(frame -> rootCost = Budget.sum(rootCost, frame.cost));
        open.clear();
        return rootCost;
    }

    private void mergeLast() {
        Frame frame = open.pop();
        Frame holder = open.peek();
        if (holder != null) {
            holder.cost = Budget.sum(holder.cost, frame.cost);
        }
    }

    private void addPart(Frame holder, Object part, long cost) {
        charge(holder, cost);
        if (holder.mayHash && ++holder.parts > FEW && HashingTypes.isHashTable(holder.type)) {
            chargeCollisions(holder, part, cost);
        }
    }

    private void charge(Frame holder, long cost) {
        holder.cost = Budget.sum(holder.cost, cost);
        if (holder.type == CopyOnWriteArraySet.class) {
            // Newer Java runtimes compare each element of its list with all others.
            budget.charge(Budget.product(cost, cost) / 2);
        } else if (holder.mayHash) {
            budget.charge(cost);
        }
    }

    private void chargeCollisions(Frame holder, Object part, long cost) {
        Map<Integer, Collisions.Same> same = holder.same == null ? new HashMap<>() : holder.same;
        holder.same = same;
        int hash;
        try {
            hash = part.hashCode();
        } catch (RuntimeException e) {
            // A value of a map may have no hash code. If the part is a key, the map will fail to compute its hash code.
            return;
        }
        budget.charge(same.computeIfAbsent(hash, key -> new Collisions.Same()).add(cost));
    }

    /**
     * Returns the largest number of paths of the incomplete objects of a class, since the stream does not show which
     * one it is.
     */
    private long upwardPaths(Class<?> type) {
        return open.stream()
                .filter(frame -> frame.type == type)
                .mapToLong(frame -> frame.upwardPaths)
                .max()
                .orElse(1);
    }

    /**
     * Adds upward paths to the objects that refer to the target: the containers that are being read, and their holder.
     */
    private void addUpwardPaths(Class<?> target, long upwardPaths) {
        for (Frame frame : open) {
            if (frame.type == target && frame.upwardPaths == upwardPaths) {
                // Possibly the target itself. Then the references form a cycle, and computing a hash code would not
                // end.
                if (frame != open.peek()) {
                    return;
                }
            }
            frame.upwardPaths = Budget.sum(frame.upwardPaths, upwardPaths);
            if (frame.type != null && !ClassTraits.isJdk(frame.type)) {
                return;
            }
        }
    }
}
