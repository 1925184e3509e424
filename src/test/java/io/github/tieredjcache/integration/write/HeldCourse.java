package io.github.tieredjcache.integration.write;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.integration.TableStore;
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
            arrivals.release();
            Crew.await(open);
        }
    }

    /** Returns when one more thread is held up; if none comes, throws what the member threw. */
    void awaitArrival(Crew.Member<?> member) throws Exception {
        try {
            Crew.until(arrivals::tryAcquire);
        } catch (AssertionError e) {
            throw new AssertionError("was not held up, and answered " + member.result(), e);
        }
    }

    void open() {
        open.countDown();
    }
}
