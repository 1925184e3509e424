package io.github.tieredjcache.integration.write;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.LeaseLostException;
import io.github.tieredjcache.integration.TableStore;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** Holds up each read or change of a row, until it is opened. */
final class HeldCourse implements TableStore.Course {
    /** Where it holds up. */
    enum Where {
        AFTER_READ,
        BEFORE_CHANGE,
        AFTER_CHANGE
    }

    private final Where where;
    private final Semaphore arrivals = new Semaphore(0);
    private final Set<Thread> held = ConcurrentHashMap.newKeySet();
    private final CountDownLatch open = new CountDownLatch(1);

    HeldCourse(Where where) {
        this.where = where;
    }

    @Override
    public void afterRead() {
        if (where == Where.AFTER_READ) {
            hold();
        }
    }

    @Override
    public void beforeChange(String key) {
        if (where == Where.BEFORE_CHANGE) {
            hold();
        }
    }

    @Override
    public void afterChange(String key) {
        if (where == Where.AFTER_CHANGE) {
            hold();
        }
    }

    private void hold() {
        if (open.getCount() > 0) {
            held.add(Thread.currentThread());
            arrivals.release();
            Crew.await(open);
        }
    }

    /**
     * Begins a change on a thread of its own, and returns when it is held up. A change whose lease runs out before, as it may on a busy
     * machine, was not made, and begins again.
     */
    <T> Crew.Member<T> begin(Callable<T> change) throws Exception {
        Crew.Member<T> member = Crew.start(() -> {
            while (true) {
                try {
                    return change.call();
                } catch (LeaseLostException e) {
                    if (held.contains(Thread.currentThread())) {
                        throw e;
                    }
                }
            }
        });
        boolean[] arrived = new boolean[1];
        Crew.until(() -> (arrived[0] = arrivals.tryAcquire()) || member.isDone());
        if (!arrived[0] && !arrivals.tryAcquire()) {
            throw new AssertionError("was not held up, and returned " + member.result());
        }
        return member;
    }

    void open() {
        open.countDown();
    }
}
