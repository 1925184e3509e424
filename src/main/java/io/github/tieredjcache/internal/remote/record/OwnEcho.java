package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.OwnChanges;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The invalidation that Redis sends to this node for a change of its own.
 *
 * @param ticket the ticket of the entry that the change stores; null if it stores none that may be kept
 * @param alwaysChanges whether the script, once applied, changes the key even if there was no entry and is none
 */
record OwnEcho(EntryKey key, @Nullable FillTicket ticket, boolean alwaysChanges) {

    /** Registers the echo if the script's reply about the key reports a change. */
    void replied(@Nullable Object reply, OwnChanges changes) {
        if (reply instanceof List<?> elements && ScriptReply.reportsChange(elements, alwaysChanges)) {
            changes.wrote(key.bytes(), ticket, key.epoch().generation().listener());
        }
    }

    /** Registers the echoes of a script that returns a reply for each key; null for a key without one. */
    static void replied(List<@Nullable OwnEcho> echoes, List<@Nullable Object> replies, OwnChanges changes) {
        for (int i = 0; i < echoes.size() && i < replies.size(); i++) {
            OwnEcho echo = echoes.get(i);
            if (echo != null) {
                echo.replied(replies.get(i), changes);
            }
        }
    }
}
