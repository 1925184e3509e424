package io.github.tieredjcache.internal.record;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of which Redis may hold what is no longer true, because a change of this node did not reach it.
 *
 * <p>A key is in it from before the change is made, and until Redis has forgotten the key after the change was made. It holds a
 * bounded number of keys; when there are more, all keys of the cache are in it, until Redis has forgotten them all. Safe for use by
 * many threads.
 *
 * @param <K> the type of the keys
 */
public final class RecoveryJournal<K> {
    private final int keysMax;
    // Guarded by this.
    private final Map<K, Mark> marks = new HashMap<>();
    private boolean all;
    // How many are under way.
    private int clears;
    // Of all keys, so that a key that comes again does not look as if it had not been away.
    private long changes;
    private boolean allAgain;
    private long overflows;
    private long voided;
    // For those who only want to know that there is nothing.
    private volatile boolean empty = true;

    /**
     * Creates an empty journal.
     *
     * @param keysMax how many keys it holds
     */
    public RecoveryJournal(int keysMax) {
        this.keysMax = keysMax;
    }

    /** Returns whether Redis must not be asked for the key. */
    boolean has(K key) {
        return !empty && isIn(key);
    }

    private synchronized boolean isIn(K key) {
        return all || marks.containsKey(key);
    }

    boolean isEmpty() {
        return empty;
    }

    /** Says that a change of the key begins that Redis will not be told of. Each call is followed by one of {@link #end}. */
    synchronized void begin(K key) {
        Mark mark = marks.get(key);
        if (mark == null) {
            mark = new Mark();
            marks.put(key, mark);
            empty = false;
        }
        mark.running++;
        if (marks.size() > keysMax && (!all || (isClearing() && !allAgain))) {
            overflow();
        }
    }

    /** Says that the change is made, or has failed. */
    synchronized void end(K key) {
        Mark mark = marks.get(key);
        if (mark == null) {
            return;
        }
        mark.running--;
        mark.changes = ++changes;
        if (all && (!isClearing() || allAgain) && mark.running == 0) {
            marks.remove(key);
        }
    }

    /** Says that all keys have changed. */
    synchronized void addAll() {
        all = true;
        allAgain = isClearing();
        empty = false;
        dropIdle();
    }

    private boolean isClearing() {
        return clears > 0;
    }

    private void overflow() {
        overflows++;
        addAll();
    }

    /** What all keys stand for need not be held one by one, but for those whose change is under way. */
    private void dropIdle() {
        marks.values().removeIf(mark -> mark.running == 0);
    }

    /** Returns whether all keys are in it. */
    synchronized boolean hasAll() {
        return all;
    }

    /** Says that Redis is about to be made to forget all keys: changes that are made from now on are not covered by that. */
    synchronized void beginClear() {
        allAgain = isClearing() && allAgain;
        clears++;
    }

    /** Says how that has ended. */
    synchronized void endClear(boolean forgotten) {
        clears--;
        if (forgotten && !allAgain && !isClearing()) {
            all = false;
            voided++;
        }
        empty = !all && marks.isEmpty();
    }

    /** Returns keys of which no change is under way, each with a sign of the last change. */
    synchronized Map<K, Long> idle(int most) {
        Map<K, Long> idle = new HashMap<>();
        for (Map.Entry<K, Mark> each : marks.entrySet()) {
            if (idle.size() == most) {
                break;
            }
            if (each.getValue().running == 0) {
                idle.put(each.getKey(), each.getValue().changes);
            }
        }
        return idle;
    }

    /** As {@link #idle}, of one key: nothing if a change of it is under way, or if it is not in it. */
    synchronized Map<K, Long> idle(K key) {
        Mark mark = marks.get(key);
        return mark == null || mark.running > 0 ? Map.of() : Map.of(key, mark.changes);
    }

    /**
     * Says that Redis has forgotten the keys.
     *
     * @param forgotten from {@link #idle}
     * @return those that are not in it any more: all but those that have changed again
     */
    synchronized List<K> voided(Map<K, Long> forgotten) {
        List<K> gone = new ArrayList<>();
        forgotten.forEach((key, changes) -> {
            Mark mark = marks.get(key);
            if (mark != null && mark.running == 0 && mark.changes == changes) {
                marks.remove(key);
                gone.add(key);
                voided++;
            }
        });
        empty = !all && marks.isEmpty();
        return gone;
    }

    /** Returns how many keys are in it; -1 if all are. */
    public synchronized int size() {
        return all ? -1 : marks.size();
    }

    /** Returns how often it was too small. */
    public synchronized long overflows() {
        return overflows;
    }

    /** Returns how often Redis was made to forget a key, or all of them. */
    public synchronized long voided() {
        return voided;
    }

    /** The changes of one key. */
    private static final class Mark {
        private int running;
        private long changes;
    }
}
