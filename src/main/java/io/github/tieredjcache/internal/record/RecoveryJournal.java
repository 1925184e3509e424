package io.github.tieredjcache.internal.record;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The keys of which Redis may hold an old entry, because a change of this node did not reach Redis.
 *
 * <p>A key is in the journal from before the change until Redis has removed the key after the change. The journal
 * holds a bounded number of keys; beyond that it stands for all keys of the cache, until Redis has removed all of
 * them. Safe for use by many threads.
 *
 * @param <K> the type of the keys
 */
public final class RecoveryJournal<K> {
    private final int keysMax;
    // Guarded by this.
    private final Map<K, Mark> marks = new HashMap<>();
    private boolean all;
    // How many clears of Redis are in progress.
    private int clears;
    // One counter for all keys: a key that is journaled again gets a number that it has not had before.
    private long changes;
    private boolean allChangedAgain;
    private long overflows;
    private long removedCount;
    // Lets readers skip the lock while the journal is empty.
    private volatile boolean empty = true;

    /**
     * Creates an empty journal.
     *
     * @param keysMax how many keys the journal holds before it stands for all keys
     */
    public RecoveryJournal(int keysMax) {
        this.keysMax = keysMax;
    }

    /** Returns whether the key is in the journal, so that it must not be read from Redis. */
    public boolean has(K key) {
        return !empty && isIn(key);
    }

    private synchronized boolean isIn(K key) {
        return all || marks.containsKey(key);
    }

    /** Returns whether the key is in the journal itself, not only as one of all. */
    boolean hasSingly(K key) {
        return !empty && isMarked(key);
    }

    private synchronized boolean isMarked(K key) {
        return marks.containsKey(key);
    }

    /**
     * Returns whether the key changed while it was to be removed from Redis, and no change is in progress now: if that goes
     * on, it stays in the journal until a caller removes it before its own change.
     */
    boolean isBusy(K key) {
        return !empty && isMarkedBusy(key);
    }

    private synchronized boolean isMarkedBusy(K key) {
        Mark mark = marks.get(key);
        return mark != null && mark.busy && mark.running == 0;
    }

    /** Returns the keys that are in the journal themselves. */
    synchronized Set<K> keys() {
        return empty ? Set.of() : Set.copyOf(marks.keySet());
    }

    /** Returns whether no key is in the journal. */
    public boolean isEmpty() {
        return empty;
    }

    /**
     * Adds the key before a change of it that does not reach Redis. Each call is followed by one of {@link #endChange}.
     */
    synchronized void beginChange(K key) {
        Mark mark = marks.get(key);
        if (mark == null) {
            mark = new Mark();
            marks.put(key, mark);
            empty = false;
        }
        mark.running++;
        if (marks.size() > keysMax && (!all || (isClearing() && !allChangedAgain))) {
            overflow();
        }
    }

    /** Marks the change as made or failed. */
    synchronized void endChange(K key) {
        Mark mark = marks.get(key);
        if (mark == null) {
            return;
        }
        mark.running--;
        mark.changes = ++changes;
        if (all && (!isClearing() || allChangedAgain) && mark.running == 0) {
            marks.remove(key);
        }
    }

    /** Adds all keys of the cache. */
    synchronized void addAll() {
        all = true;
        allChangedAgain = isClearing();
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

    /** Drops single keys, which "all keys" covers; keys with a change in progress stay. */
    private void dropIdle() {
        marks.values().removeIf(mark -> mark.running == 0);
    }

    /** Returns whether the journal stands for all keys. */
    synchronized boolean hasAll() {
        return all;
    }

    /** Marks the beginning of a clear of Redis; it does not cover changes from now on. */
    synchronized void beginClear() {
        allChangedAgain = isClearing() && allChangedAgain;
        clears++;
    }

    /**
     * Marks the end of a clear of Redis.
     *
     * @param cleared whether Redis confirmed it
     */
    synchronized void endClear(boolean cleared) {
        clears--;
        if (cleared && !allChangedAgain && !isClearing()) {
            all = false;
            removedCount++;
        }
        empty = !all && marks.isEmpty();
    }

    /** Returns keys without a change in progress, each with the number of its last change. */
    synchronized Map<K, Long> idleKeys(int countMax) {
        Map<K, Long> idle = new HashMap<>();
        for (Map.Entry<K, Mark> each : marks.entrySet()) {
            if (idle.size() == countMax) {
                break;
            }
            if (each.getValue().running == 0) {
                idle.put(each.getKey(), each.getValue().changes);
            } else {
                each.getValue().busy = true;
            }
        }
        return idle;
    }

    /** As {@link #idleKeys(int)}, for one key; empty if a change of it is in progress or it is not in the journal. */
    synchronized Map<K, Long> idleKeys(K key) {
        Mark mark = marks.get(key);
        return mark == null || mark.running > 0 ? Map.of() : Map.of(key, mark.changes);
    }

    /**
     * Drops keys that Redis has removed, unless they have changed since {@link #idleKeys}.
     *
     * @param removed keys and change numbers from {@link #idleKeys}
     * @return the keys that were dropped from the journal
     */
    synchronized List<K> markRemoved(Map<K, Long> removed) {
        List<K> settled = new ArrayList<>();
        removed.forEach((key, changes) -> {
            Mark mark = marks.get(key);
            if (mark != null && mark.running == 0 && mark.changes == changes) {
                marks.remove(key);
                settled.add(key);
                removedCount++;
            } else if (mark != null) {
                mark.busy = true;
            }
        });
        empty = !all && marks.isEmpty();
        return settled;
    }

    /** Returns the number of keys in the journal; -1 if it stands for all keys. */
    public synchronized int size() {
        return all ? -1 : marks.size();
    }

    /** Returns how often more keys changed than the journal holds. */
    public synchronized long overflows() {
        return overflows;
    }

    /** Returns how often Redis has removed a journaled key, or all keys at once. */
    public synchronized long removedCount() {
        return removedCount;
    }

    /** The changes of one key: how many are in progress, and the number of the last one that ended. */
    private static final class Mark {
        private int running;
        private long changes;
        private boolean busy;
    }
}
