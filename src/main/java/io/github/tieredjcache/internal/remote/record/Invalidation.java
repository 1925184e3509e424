package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The removal of entries that may be wrong, because the source may hold other values by now.
 *
 * <p>Loads and leased writes in progress store nothing afterwards. The write lease of another holder stays, so that the next
 * holder does not begin beside it.
 */
final class Invalidation {
    /** How often it is tried; it is tried again when the cache was cleared meanwhile. */
    private static final int ATTEMPTS_MAX = 1_000;

    private Invalidation() {}

    /**
     * Removes the entries of keys, in the epoch that is current then.
     *
     * @param call sends commands and returns their replies
     * @throws CacheException if Redis does not confirm it
     */
    static void of(
            Collection<byte[]> encodedKeys,
            EpochTracker epochs,
            Function<List<RedisCommand<List<@Nullable Object>>>, List<List<@Nullable Object>>> call) {
        for (int i = 0; i < ATTEMPTS_MAX; i++) {
            Epoch epoch = epochs.currentToWriteIn();
            List<EntryChange> changes = encodedKeys.stream()
                    .map(each -> EntryChange.invalidate(EntryKey.of(epoch, each)))
                    .toList();
            List<ScriptReply> replies = ScriptReply.all(call.apply(EntryChange.commands(changes)));
            if (replies.stream().noneMatch(each -> each.status() == ScriptReply.Status.EPOCH_OVER)) {
                return;
            }
            epochs.markOver(epoch);
        }
        throw new CacheException(
                "gave up on a change because the cache was cleared " + ATTEMPTS_MAX + " times during it");
    }
}
