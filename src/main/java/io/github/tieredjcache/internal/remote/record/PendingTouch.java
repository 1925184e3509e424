package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An access on its way to Redis, where it moves an entry's deadline. Its answer may come on any thread, or never: then the
 * deadline stays where it was, which errs early.
 *
 * @param entry for which {@link Entry#beginTouch} has returned true
 * @param sentNanos the present, before it was sent
 */
record PendingTouch<V>(Entry<V> entry, long sentNanos)
        implements BiConsumer<@Nullable List<@Nullable Object>, @Nullable Throwable> {

    /** Returns whether the entry ends later with it, or not at all. */
    boolean onlyExtends(long lifetimeNanos) {
        return Lifetime.earlier(entry.deadlineNanos(), Lifetime.deadline(sentNanos, lifetimeNanos))
                == entry.deadlineNanos();
    }

    @Override
    public void accept(@Nullable List<@Nullable Object> elements, @Nullable Throwable failure) {
        if (elements != null) {
            ScriptReply reply = ScriptReply.of(elements);
            // Not applied, but there: another node has moved the deadline just before.
            if (reply.hasEntry() || reply.status() == ScriptReply.Status.APPLIED) {
                entry.touch(reply.deadlineNanos(sentNanos));
            }
        }
        entry.endTouch();
    }
}
