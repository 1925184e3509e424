package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An access that is sent to Redis to move the deadline of an entry. The reply may come on any thread. If it is lost,
 * the known deadline stays, which errs early.
 *
 * @param entry an entry for which {@link Entry#beginTouch} has returned true
 * @param sentNanos when the command was sent, by the node's monotonic clock
 */
record PendingTouch<V>(Entry<V> entry, long sentNanos)
        implements BiConsumer<@Nullable List<@Nullable Object>, @Nullable Throwable> {

    /** Returns whether the touch makes the deadline later, or removes it. */
    boolean onlyExtends(long lifetimeNanos) {
        return Lifetime.earlier(entry.deadlineNanos(), Lifetime.deadline(sentNanos, lifetimeNanos))
                == entry.deadlineNanos();
    }

    @Override
    public void accept(@Nullable List<@Nullable Object> elements, @Nullable Throwable failure) {
        if (elements != null) {
            ScriptReply reply = ScriptReply.only(elements);
            // Not applied although there is an entry: another node has moved the deadline just before.
            if (reply.hasEntry() || reply.status() == ScriptReply.Status.APPLIED) {
                entry.touch(reply.deadlineNanos(sentNanos));
            }
        }
        entry.endTouch();
    }
}
