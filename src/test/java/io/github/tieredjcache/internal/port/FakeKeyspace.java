package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.port.FakeReply.Status;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a Redis holds of one cache: entries by epoch, leases, and the connections that track each key. Its methods are the scripts of the
 * library, in memory; one runs at a time.
 *
 * <p>A change of a key is announced to all connections that track it, the connection of its author included. Entries of an earlier epoch
 * stay, as they do in Redis until they are reclaimed. An expiry is not announced.
 */
public final class FakeKeyspace {
    /** The key that holds the number of the epoch, as a connection tracks it; no key of an entry. */
    static final String EPOCH = "epoch";

    private static final String ENTRY = "entry ";

    private final NanoClock clock;
    private final Listener listener;
    private final Map<Long, Map<String, Cell>> epochs = new TreeMap<>();
    private final Map<String, Set<FakeWire>> trackers = new LinkedHashMap<>();
    private long epoch = 1;

    /** @param clock the server's own */
    public FakeKeyspace(NanoClock clock, Listener listener) {
        this.clock = clock;
        this.listener = listener;
    }

    /** Receives what becomes of the entries and leases of the current epoch, in order. */
    public interface Listener {
        /** Nobody. */
        Listener NONE = new Listener() {};

        /** A key has another value from a moment on, null for none. */
        default void changed(String key, String value, long deadlineNanos, long sinceNanos) {}

        /** The deadline of the entry of a key has moved. */
        default void touched(String key, long deadlineNanos) {}

        /** A load lease was granted or renewed until {@code endNanos}. */
        default void loadLeased(String key, Object id, long endNanos) {}

        /** A load lease has ended, or was replaced. */
        default void loadLeaseEnded(String key) {}

        /** All entries and leases are gone, by a clear or with all data. */
        default void cleared(boolean byClear) {}
    }

    static String trackedKey(String key) {
        return ENTRY + key;
    }

    /** Returns the number of the epoch; begins one if there is none or a later one is known. */
    FakeReply epoch(FakeWire by, long known) {
        boolean begins = epoch == 0 || epoch < known;
        if (begins) {
            epoch = Math.max(epoch, known) + 1;
            announce(EPOCH);
            listener.cleared(false);
        }
        track(by, EPOCH);
        return FakeReply.epoch(epoch, begins);
    }

    FakeReply nextEpoch(FakeWire by, long known) {
        epoch = Math.max(epoch, known) + 1;
        announce(EPOCH);
        track(by, EPOCH);
        listener.cleared(true);
        return FakeReply.epoch(epoch, true);
    }

    /** Returns the entry in an epoch, which may be over. */
    FakeReply read(FakeWire by, long inEpoch, String key, long accessNanos) {
        track(by, trackedKey(key));
        Cell cell = cells(inEpoch).get(key);
        if (cell == null) {
            return new FakeReply(Status.FAILED);
        }
        cell.settle();
        boolean touches = accessNanos != Lifetime.UNCHANGED && cell.exists() && inEpoch == epoch;
        FakeReply read = cell.reply(Status.FAILED);
        if (touches) {
            touch(by, key, cell, accessNanos);
            return read.until(cell.remaining()).changing();
        }
        return read;
    }

    FakeReply touch(FakeWire by, long inEpoch, String key, Version version, long accessNanos) {
        Cell cell = cells(inEpoch).get(key);
        if (inEpoch != epoch || cell == null || !cell.settle().exists() || !cell.version.equals(version)) {
            return new FakeReply(Status.FAILED);
        }
        touch(by, key, cell, accessNanos);
        return cell.reply(Status.APPLIED).changing();
    }

    private void touch(FakeWire by, String key, Cell cell, long accessNanos) {
        cell.deadlineNanos = Lifetime.deadline(clock.nanos(), accessNanos);
        listener.touched(key, cell.deadlineNanos);
        announce(trackedKey(key));
        track(by, trackedKey(key));
    }

    FakeReply apply(FakeWire by, long inEpoch, Mutation<String, String> mutation, Version version) {
        if (inEpoch != epoch) {
            return new FakeReply(Status.EPOCH_OVER);
        }
        String key = mutation.key();
        track(by, trackedKey(key));
        Cell cell = cell(key);
        if (cell.isWriteLeased() && mutation.returnsResult()) {
            return cell.busy();
        }
        if (!holds(mutation.precondition(), cell)) {
            return cell.reply(Status.FAILED);
        }
        FakeReply before = mutation.wantsOld()
                ? cell.reply(Status.APPLIED)
                : cell.reply(Status.APPLIED).withoutEntry();
        long lifetime = cell.exists() ? mutation.updateNanos() : mutation.creationNanos();
        store(by, key, cell, lifetime == Lifetime.ZERO ? null : mutation.value(), version, cell.deadline(lifetime));
        return before.storing(cell.reply(Status.APPLIED));
    }

    /** Grants a load lease, or returns the entry that is there. */
    FakeReply grant(FakeWire by, long inEpoch, String key, Object id, boolean takesOver, long leaseNanos) {
        if (inEpoch != epoch) {
            return new FakeReply(Status.EPOCH_OVER);
        }
        track(by, trackedKey(key));
        Cell cell = cell(key);
        if (cell.exists()) {
            return cell.reply(Status.FAILED);
        }
        if (cell.isWriteLeased() || (cell.isLoading() && !takesOver)) {
            return cell.busy();
        }
        cell.lease(id, false, leaseNanos, false);
        listener.loadLeased(key, id, cell.leaseEndNanos);
        announceTo(by, key);
        return new FakeReply(Status.APPLIED).changing();
    }

    /** Stores a loaded value under its load lease. */
    FakeReply fill(
            FakeWire by, long inEpoch, String key, Object id, String value, Version version, long lifetimeNanos) {
        if (inEpoch != epoch) {
            return new FakeReply(Status.EPOCH_OVER);
        }
        track(by, trackedKey(key));
        Cell cell = cell(key);
        if (!cell.isLeasedBy(id)) {
            return cell.reply(Status.FAILED);
        }
        String stored = lifetimeNanos == Lifetime.ZERO ? null : value;
        store(by, key, cell, stored, version, cell.deadline(lifetimeNanos));
        return new FakeReply(Status.APPLIED).storing(cell.reply(Status.APPLIED));
    }

    /** Takes the write lease of a key, and returns the entry. */
    FakeReply lease(FakeWire by, long inEpoch, String key, Object id, long leaseNanos, boolean expiresWithLease) {
        if (inEpoch != epoch) {
            return new FakeReply(Status.EPOCH_OVER);
        }
        track(by, trackedKey(key));
        Cell cell = cell(key);
        if (cell.isWriteLeased() && !cell.isLeasedBy(id)) {
            return cell.busy();
        }
        FakeReply before = cell.reply(Status.APPLIED);
        endLoadLease(key, cell);
        cell.lease(id, true, leaseNanos, expiresWithLease);
        announceTo(by, key);
        return before.changing();
    }

    /** Stores or removes an entry under its write lease; if the lease was lost, removes it where {@code isDoubtful}. */
    FakeReply commit(FakeWire by, long inEpoch, FakeCommit commit) {
        if (inEpoch != epoch) {
            return new FakeReply(Status.EPOCH_OVER);
        }
        String key = commit.key();
        track(by, trackedKey(key));
        Cell cell = cell(key);
        if (!cell.holds(commit.id())) {
            if (commit.isDoubtful()) {
                invalidate(by, key, cell);
            }
            return new FakeReply(Status.FAILED);
        }
        if (cell.inDoubt) {
            remove(by, key, cell);
            return new FakeReply(Status.FAILED);
        }
        long endNanos = cell.leaseEndNanos;
        boolean expiresWithLease = cell.expiresWithLease;
        String stored = commit.lifetimeNanos() == Lifetime.ZERO ? null : commit.value();
        store(by, key, cell, stored, commit.version(), cell.deadline(commit.lifetimeNanos()));
        if (commit.keepsLease()) {
            cell.lease(commit.id(), true, endNanos - clock.nanos(), expiresWithLease);
        }
        return new FakeReply(Status.APPLIED).storing(cell.reply(Status.APPLIED));
    }

    /** Removes the entry of a key whose source may hold another value; a lease of another holder stays and changes nothing. */
    FakeReply invalidate(FakeWire by, long inEpoch, String key) {
        if (inEpoch != epoch) {
            return new FakeReply(Status.EPOCH_OVER);
        }
        invalidate(by, key, cell(key));
        return new FakeReply(Status.APPLIED).changing();
    }

    private void invalidate(FakeWire by, String key, Cell cell) {
        if (!cell.isWriteLeased()) {
            remove(by, key, cell);
            return;
        }
        cell.inDoubt = true;
        cell.value = null;
        listener.changed(key, null, Entry.NO_DEADLINE, clock.nanos());
        announceTo(by, key);
    }

    private void remove(FakeWire by, String key, Cell cell) {
        store(by, key, cell, null, null, Entry.NO_DEADLINE);
    }

    /** Ends a lease of either kind and changes nothing else. */
    FakeReply release(FakeWire by, long inEpoch, String key, Object id) {
        Cell cell = cells(inEpoch).get(key);
        if (inEpoch == epoch && cell != null && cell.settle().holds(id)) {
            endLoadLease(key, cell);
            cell.endLease();
            announceTo(by, key);
        }
        return new FakeReply(Status.APPLIED);
    }

    FakeReply renew(FakeWire by, long inEpoch, String key, Object id, long leaseNanos) {
        Cell cell = cells(inEpoch).get(key);
        if (inEpoch != epoch || cell == null || !cell.settle().holds(id)) {
            return new FakeReply(Status.FAILED);
        }
        cell.leaseId = id;
        cell.endedId = null;
        cell.leaseEndNanos = clock.nanos() + leaseNanos;
        if (!cell.writes) {
            listener.loadLeased(key, id, cell.leaseEndNanos);
        }
        announceTo(by, key);
        return new FakeReply(Status.APPLIED).changing();
    }

    void endLoadLeases() {
        cells(epoch).forEach((key, cell) -> {
            if (!cell.writes) {
                endLoadLease(key, cell);
                cell.endLease();
            }
        });
    }

    /** Returns the live entries of an epoch by key. */
    Map<String, FakeReply> entries(long inEpoch) {
        Map<String, FakeReply> live = new LinkedHashMap<>();
        cells(inEpoch).forEach((key, cell) -> {
            if (cell.settle().exists()) {
                live.put(key, cell.reply(Status.FAILED));
            }
        });
        return live;
    }

    /** Returns the value of a key, null if there is none. */
    public String value(String key) {
        Cell cell = cells(epoch).get(key);
        return cell == null || !cell.settle().exists() ? null : cell.value;
    }

    /** Returns whether a key has a lease of either kind. */
    public boolean isLeased(String key) {
        Cell cell = cells(epoch).get(key);
        return cell != null && cell.settle().leaseId != null;
    }

    /** Returns how many write leases are held. */
    long writeLeases() {
        return cells(epoch).values().stream()
                .filter(cell -> cell.settle().isWriteLeased())
                .count();
    }

    /** Loses all data, as a restart without persistence does; the connections are the caller's to end. */
    public void loseAll() {
        epochs.clear();
        epoch = 0;
        trackers.clear();
        listener.cleared(false);
    }

    /** Removes all keys and announces that to each connection. */
    public void flush(List<FakeWire> wires) {
        loseAll();
        wires.forEach(FakeWire::announceAll);
    }

    /** Ends the tracking for a connection that is gone. */
    public void disconnected(FakeWire wire) {
        trackers.values().forEach(each -> each.remove(wire));
    }

    private Map<String, Cell> cells(long ofEpoch) {
        return epochs.computeIfAbsent(ofEpoch, each -> new TreeMap<>());
    }

    private Cell cell(String key) {
        return cells(epoch).computeIfAbsent(key, Cell::new).settle();
    }

    private static boolean holds(Precondition precondition, Cell cell) {
        if (precondition instanceof Precondition.Unchanged unchanged) {
            return cell.exists() && cell.version.equals(unchanged.seen().version());
        }
        return precondition instanceof Precondition.Always
                || (precondition instanceof Precondition.Present) == cell.exists();
    }

    /** Changes a key and ends its leases; announces that unless there was nothing before and is nothing now. */
    private void store(FakeWire by, String key, Cell cell, String value, Version version, long deadlineNanos) {
        boolean changes = value != null || cell.value != null || cell.leaseId != null;
        endLoadLease(key, cell);
        cell.endLease();
        cell.value = value;
        cell.version = version;
        cell.deadlineNanos = deadlineNanos;
        listener.changed(key, value, deadlineNanos, clock.nanos());
        if (changes) {
            announceTo(by, key);
        }
    }

    private void endLoadLease(String key, Cell cell) {
        if (cell.isLoading()) {
            listener.loadLeaseEnded(key);
        }
    }

    private void track(FakeWire by, String trackedKey) {
        trackers.computeIfAbsent(trackedKey, each -> new LinkedHashSet<>()).add(by);
    }

    private void announceTo(FakeWire by, String key) {
        announce(trackedKey(key));
        track(by, trackedKey(key));
    }

    private void announce(String trackedKey) {
        Set<FakeWire> told = trackers.remove(trackedKey);
        if (told != null) {
            new ArrayList<>(told).forEach(wire -> wire.announce(trackedKey));
        }
    }

    /** What Redis holds of one key. */
    private final class Cell {
        private final String key;
        private String value;
        private Version version;
        private long deadlineNanos = Entry.NO_DEADLINE;
        private Object leaseId;
        private boolean writes;
        private long leaseEndNanos;
        private boolean expiresWithLease;
        private boolean inDoubt;
        /** The id of a write lease that has ended by time only. */
        private Object endedId;

        Cell(String key) {
            this.key = key;
        }

        /** Ends what is over by now. */
        Cell settle() {
            long nowNanos = clock.nanos();
            if (value != null && deadlineNanos != Entry.NO_DEADLINE && nowNanos - deadlineNanos >= 0) {
                value = null;
                endedId = null;
            }
            if (leaseId != null && leaseEndNanos != Entry.NO_DEADLINE && nowNanos - leaseEndNanos >= 0) {
                if (value != null && writes && expiresWithLease) {
                    value = null;
                    listener.changed(key, null, Entry.NO_DEADLINE, leaseEndNanos);
                }
                endLoadLease(key, this);
                Object id = writes && value != null ? leaseId : null;
                endLease();
                endedId = id;
            }
            return this;
        }

        boolean exists() {
            return value != null;
        }

        boolean isWriteLeased() {
            return leaseId != null && writes;
        }

        boolean isLoading() {
            return leaseId != null && !writes;
        }

        boolean isLeasedBy(Object id) {
            return leaseId != null && leaseId.equals(id);
        }

        /** Returns whether it has the lease, or had it and nobody has written or taken it since. */
        boolean holds(Object id) {
            return isLeasedBy(id) || (endedId != null && endedId.equals(id));
        }

        void lease(Object id, boolean writing, long nanos, boolean withEntry) {
            endLease();
            leaseId = id;
            writes = writing;
            leaseEndNanos = nanos == Lifetime.ETERNAL ? Entry.NO_DEADLINE : clock.nanos() + nanos;
            expiresWithLease = withEntry;
        }

        void endLease() {
            leaseId = null;
            endedId = null;
            inDoubt = false;
        }

        long deadline(long lifetimeNanos) {
            if (lifetimeNanos == Lifetime.UNCHANGED) {
                return deadlineNanos;
            }
            return Lifetime.deadline(clock.nanos(), lifetimeNanos);
        }

        long remaining() {
            return deadlineNanos == Entry.NO_DEADLINE ? Lifetime.ETERNAL : deadlineNanos - clock.nanos();
        }

        FakeReply busy() {
            long left = leaseEndNanos == Entry.NO_DEADLINE ? Lifetime.ETERNAL : leaseEndNanos - clock.nanos();
            return FakeReply.busy(left, writes ? null : leaseId);
        }

        FakeReply reply(Status status) {
            return exists()
                    ? new FakeReply(status).holding(value, version, remaining(), leaseId == null)
                    : new FakeReply(status);
        }
    }
}
