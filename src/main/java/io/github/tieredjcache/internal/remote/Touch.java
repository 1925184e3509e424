package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.Lifetime;
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
record Touch<V>(Entry<V> entry, long sentNanos)
        implements BiConsumer<@Nullable List<@Nullable Object>, @Nullable Throwable> {

    /** Returns whether the entry ends later with it, or not at all. */
    boolean onlyExtends(long lifetimeNanos) {
        return Lifetime.earlier(entry.deadlineNanos(), Lifetime.deadline(sentNanos, lifetimeNanos))
                == entry.deadlineNanos();
    }

    @Override
    public void accept(@Nullable List<@Nullable Object> reply, @Nullable Throwable failure) {
        if (reply != null) {
            Answer answer = Answer.of(reply);
            // Not applied, but there: another node has moved the deadline just before.
            if (answer.hasEntry() || answer.status() == Answer.Status.APPLIED) {
                entry.touch(answer.deadlineNanos(sentNanos));
            }
        }
        entry.endTouch();
    }
}
