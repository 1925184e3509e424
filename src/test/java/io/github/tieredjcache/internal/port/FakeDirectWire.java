package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.remote.tracking.Announcements;
import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import io.github.tieredjcache.internal.support.NanoClock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.cache.CacheException;

/** A connection without delays: each command is one step. It can fail commands, lose replies and lose announcements. */
final class FakeDirectWire implements FakeWire {
    private final NanoClock clock;
    private final TrackedKeys trackedKeys;
    private final ReentrantLock state = new ReentrantLock();
    private final Condition changed = state.newCondition();
    // The rest is guarded by the lock.
    private final List<String> echoes = new ArrayList<>();
    private boolean calling;
    private boolean fails;
    private boolean losesReplies;
    private boolean losesAnnouncements;

    FakeDirectWire(NanoClock clock, TrackedKeys trackedKeys) {
        this.clock = clock;
        this.trackedKeys = trackedKeys;
    }

    <T> T locked(Supplier<T> action) {
        state.lock();
        try {
            return action.get();
        } finally {
            state.unlock();
        }
    }

    void fails(boolean itFails) {
        locked(() -> fails = itFails);
    }

    void losesReplies(boolean itLoses) {
        locked(() -> losesReplies = itLoses);
    }

    void losesAnnouncements() {
        locked(() -> losesAnnouncements = true);
    }

    @Override
    public <R> R call(Kind kind, Supplier<R> command, Consumer<R> arrived) {
        return locked(() -> {
            if (fails && kind != Kind.INTERNAL) {
                throw new RemoteUnavailableException(
                        RemoteUnavailableException.Kind.CONNECTION, "Redis is unavailable", null);
            }
            R reply = run(command, arrived);
            if (losesReplies && kind != Kind.INTERNAL) {
                throw new OutcomeUnknownException(RemoteUnavailableException.Kind.TIMEOUT, "the reply is lost", null);
            }
            return reply;
        });
    }

    @Override
    public <R> void send(Supplier<R> command, Consumer<R> arrived) {
        R unused = locked(() -> run(command, arrived));
    }

    private <R> R run(Supplier<R> command, Consumer<R> arrived) {
        calling = true;
        R reply;
        try {
            reply = command.get();
        } finally {
            calling = false;
        }
        trackedKeys.replied(clock.nanos());
        arrived.accept(reply);
        List<String> own = List.copyOf(echoes);
        echoes.clear();
        own.forEach(this::announceNow);
        changed.signalAll();
        return reply;
    }

    @Override
    public void leaseRunsOut(Supplier<?> release) {
        send(release, reply -> {});
    }

    @Override
    public void announce(String trackedKey) {
        if (calling) {
            echoes.add(trackedKey);
        } else {
            announceNow(trackedKey);
        }
    }

    private void announceNow(String trackedKey) {
        if (!losesAnnouncements) {
            Announcements.announce(trackedKeys, trackedKey.getBytes(StandardCharsets.UTF_8));
        }
        changed.signalAll();
    }

    @Override
    public void announceAll() {
        trackedKeys.allChanged();
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // Its callers loop.
    public void await(long nanosMax) {
        state.lock();
        try {
            // Wakes by itself, too: a clock may have moved.
            var unused = changed.awaitNanos(Math.min(nanosMax, TimeUnit.MILLISECONDS.toNanos(5)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException("interrupted", e);
        } finally {
            state.unlock();
        }
    }

    @Override
    public long waitNanos() {
        return System.nanoTime();
    }
}
