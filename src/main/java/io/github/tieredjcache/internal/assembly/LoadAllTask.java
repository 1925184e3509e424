package io.github.tieredjcache.internal.assembly;

import java.util.function.Consumer;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoaderException;
import javax.cache.integration.CompletionListener;
import org.jspecify.annotations.Nullable;

/** One {@code loadAll} in the background; notifies the completion listener, or logs a failure if there is none. */
public final class LoadAllTask implements Runnable {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.load");

    private final String cacheName;
    private final Runnable load;
    private final @Nullable CompletionListener listener;

    public LoadAllTask(String cacheName, Runnable load, @Nullable CompletionListener listener) {
        this.cacheName = cacheName;
        this.load = load;
        this.listener = listener;
    }

    @Override
    public void run() {
        try {
            load.run();
        } catch (Exception e) {
            failed(e);
            return;
        } catch (Error e) {
            failed(new CacheException("loadAll ended with an error", e));
            throw e;
        }
        if (listener != null) {
            call(listener, CompletionListener::onCompletion);
        }
    }

    /** Notifies the listener of a load that will never run. Does not throw. */
    void abandon() {
        failed(new CacheException("the cache manager was closed before loadAll began"));
    }

    private void failed(Exception failure) {
        if (listener == null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "loadAll of the cache '" + cacheName
                            + "' failed in the CacheLoader or in the cache, see the cause; pass a CompletionListener to loadAll to receive failures",
                    failure);
        } else {
            Exception reported =
                    failure instanceof CacheException ? failure : new CacheLoaderException("loadAll failed", failure);
            call(listener, each -> each.onException(reported));
        }
    }

    /** Calls the listener, whose failure must not end the thread or the close of a manager. */
    private void call(CompletionListener called, Consumer<CompletionListener> notification) {
        try {
            notification.accept(called);
        } catch (Throwable e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "loadAll of the cache '" + cacheName
                            + "' has ended, but its CompletionListener threw; fix the listener",
                    e);
        }
    }
}
