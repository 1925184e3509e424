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
 * What the objects of a Java section cost, in the order in which the stream begins, refers to and ends them. Each object that may
 * hash its parts while it is read is charged for them before it does.
 */
final class SectionCosts {
    /** So many parts are not worth a look at their hash codes. */
    private static final int FEW = 64;

    private final Budget budget;
    private final ClassDescriptors descriptors;
    private final Deque<Frame> open = new ArrayDeque<>();
    private final IdentityHashMap<Object, Long> costs = new IdentityHashMap<>();
    private long rootCost = 1;

    /** An object that has begun and not ended. */
    private static final class Frame {
        private @Nullable Class<?> type;
        private boolean mayHash;
        /** Not told yet. */
        private int depth = -1;

        private long cost = 1;
        /** How many ways lead up from it. */
        private long ups = 1;

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

    /** The class of the object that begins, told once or more often: those of its superclasses follow. */
    void type(@Nullable Class<?> type) {
        Frame top = open.peek();
        if (top != null && top.type == null && type != null) {
            top.type = type;
            top.mayHash = HashingTypes.mayHash(type, descriptors);
        }
    }

    /** How deep the stream is now: what is deeper, and did not tell that it ended, has. */
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

    /** An object has ended: the one that began last. */
    void end(Object object) {
        Frame frame = open.poll();
        if (frame == null) {
            throw MalformedException.damaged("a Java section whose objects do not end where they began");
        }
        costs.merge(object, frame.cost, Math::max);
        Frame holder = open.peek();
        if (holder == null) {
            rootCost = Math.max(rootCost, frame.cost);
        } else {
            addPart(holder, object, frame.cost);
        }
    }

    /** A string, which has no parts. */
    void leaf(Object leaf) {
        Frame holder = open.peek();
        if (holder != null) {
            addPart(holder, leaf, 1);
        }
    }

    /** A reference to an object that has begun before. */
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
        long ups = ups(object.getClass());
        addUps(object.getClass(), ups);
        charge(holder, ups);
    }

    /** A reference to an object outside of the section. */
    void referOutside(long cost) {
        Frame holder = open.peek();
        if (holder != null) {
            charge(holder, cost);
        }
    }

    long rootCost() {
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
            // A value of a map may have none; that of a key fails as soon as the map asks for it.
            return;
        }
        budget.charge(same.computeIfAbsent(hash, key -> new Collisions.Same()).add(cost));
    }

    /** What the ways up cost from an object that is not complete, of which only the class is known. */
    private long ups(Class<?> type) {
        return open.stream()
                .filter(frame -> frame.type == type)
                .mapToLong(frame -> frame.ups)
                .max()
                .orElse(1);
    }

    /** Adds them to what refers to it: to the containers that are being read, and the object that holds them. */
    private void addUps(Class<?> target, long ups) {
        for (Frame frame : open) {
            if (frame.type == target && frame.ups == ups) {
                // Perhaps the very same; then it is a circle, which nothing that hashes comes out of.
                if (frame != open.peek()) {
                    return;
                }
            }
            frame.ups = Budget.sum(frame.ups, ups);
            if (frame.type != null && !ClassDescriptors.isJdk(frame.type)) {
                return;
            }
        }
    }
}
