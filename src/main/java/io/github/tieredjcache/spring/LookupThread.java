package io.github.tieredjcache.spring;

/**
 * A thread that runs lookups and queued changes. It must not wait for a queued change, since the threads are few: all of
 * them could wait for changes that have no thread.
 */
final class LookupThread extends Thread {

    LookupThread(Runnable tasks, String name) {
        super(tasks, name);
        setDaemon(true);
    }

    static boolean isCurrent() {
        return Thread.currentThread() instanceof LookupThread;
    }
}
