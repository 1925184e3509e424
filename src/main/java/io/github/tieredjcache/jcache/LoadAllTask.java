package io.github.tieredjcache.jcache;

import javax.cache.CacheException;
import javax.cache.integration.CacheLoaderException;
import javax.cache.integration.CompletionListener;
import org.jspecify.annotations.Nullable;

/** One {@code loadAll} on a thread of the manager, and the telling of its end. */
final class LoadAllTask implements Runnable {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.load");

    private final String cacheName;
    private final Runnable load;
    private final @Nullable CompletionListener listener;

    LoadAllTask(String cacheName, Runnable load, @Nullable CompletionListener listener) {
        this.cacheName = cacheName;
        this.load = load;
        this.listener = listener;
    }

    @Override
    public void run() {
        try {
            load.run();
        } catch (RuntimeException e) {
            failed(e);
            return;
        } catch (Error e) {
            failed(new CacheException("loadAll ended with an error", e));
            throw e;
        }
        if (listener != null) {
            listener.onCompletion();
        }
    }

    /** Ends a load that will never run. */
    void abandon() {
        failed(new CacheException("the cache manager was closed before loadAll began"));
    }

    private void failed(RuntimeException failure) {
        if (listener == null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "loadAll of the cache '" + cacheName
                            + "' failed; look at the CacheLoader, and give loadAll a CompletionListener to be told",
                    failure);
        } else {
            listener.onException(
                    failure instanceof CacheException ? failure : new CacheLoaderException("loadAll failed", failure));
        }
    }
}
