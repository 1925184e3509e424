package io.github.tieredjcache.internal.codec.graph;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A pool of idle sessions in a bounded number of slots, four for each core. Each thread starts at a slot that its id
 * chooses, so that threads rarely contend. No session is bound to a thread, so virtual threads do not multiply
 * sessions, and no session outlives the cache manager.
 */
public final class SessionPool {
    private static final int SLOTS_A_CORE = 4;
    /** The distance of slots in the array, which puts them on different cache lines. */
    private static final int STRIDE = 16;

    private final ClassDescriptors descriptors;
    private final int slotCount;
    private final AtomicReferenceArray<@Nullable KryoSession> slots;
    private volatile boolean closed;

    public SessionPool(ClassDescriptors descriptors) {
        this.descriptors = descriptors;
        this.slotCount = SLOTS_A_CORE * Runtime.getRuntime().availableProcessors();
        this.slots = new AtomicReferenceArray<>(slotCount * STRIDE);
    }

    /** Returns an idle session, or a new one; never waits. */
    public KryoSession take() {
        int start = start();
        for (int i = 0; i < slotCount; i++) {
            int slot = (start + i) % slotCount * STRIDE;
            if (slots.getPlain(slot) != null) {
                KryoSession session = slots.getAndSet(slot, null);
                if (session != null) {
                    return session;
                }
            }
        }
        return new KryoSession(descriptors);
    }

    /** Takes back a session that has not failed; drops it if all slots are full. */
    public void release(KryoSession session) {
        int start = start();
        for (int i = 0; i < slotCount; i++) {
            int slot = (start + i) % slotCount * STRIDE;
            if (slots.getPlain(slot) == null && slots.compareAndSet(slot, null, session)) {
                break;
            }
        }
        if (closed) {
            clear();
        }
    }

    public void close() {
        closed = true;
        clear();
    }

    /** Returns the number of idle sessions. */
    public int idle() {
        int count = 0;
        for (int i = 0; i < slotCount; i++) {
            count += slots.get(i * STRIDE) == null ? 0 : 1;
        }
        return count;
    }

    private void clear() {
        for (int i = 0; i < slotCount; i++) {
            slots.set(i * STRIDE, null);
        }
    }

    private int start() {
        long id = Thread.currentThread().getId();
        return (int) (((id * 0x9E3779B97F4A7C15L) >>> 33) % slotCount);
    }
}
