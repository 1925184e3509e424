package io.github.tieredjcache.internal.remote.wire;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.coherence.TrackingGeneration;
import org.jspecify.annotations.Nullable;

/** Receives the changes that this node itself has made, in the order of the replies that report them. */
public interface OwnChanges {
    /**
     * Notes that a script of this node changed the key, by the reply just read; the own echo is the next message,
     * behind those of the changes that the same reply has reported before.
     *
     * @param ownTicket the ticket of the entry that the script stored; null if it stored none that may be kept
     * @param listener is notified of the echo
     */
    void wrote(byte[] redisKey, @Nullable FillTicket ownTicket, InvalidationListener listener);

    /**
     * Notes that a script of this node began a new epoch, by the reply just read; the own echo is the next message.
     *
     * @param ownGeneration the tracking generation of the new epoch; null if there is none yet
     * @param listener is notified of the echo
     */
    void beganEpoch(byte[] epochKey, @Nullable TrackingGeneration ownGeneration, InvalidationListener listener);
}
