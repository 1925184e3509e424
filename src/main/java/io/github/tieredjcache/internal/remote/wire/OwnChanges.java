package io.github.tieredjcache.internal.remote.wire;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.coherence.TrackingGeneration;
import org.jspecify.annotations.Nullable;

/** Receives the changes that this node has made itself, in the order of the replies that report them. */
public interface OwnChanges {
    /**
     * Notes that the reply just read is that of a script of this node that changed the key, so that an echo comes next.
     *
     * @param own the ticket under which the script stored what it stored; null if it stored nothing to keep
     * @param author is notified of the echo
     */
    void wrote(byte[] redisKey, @Nullable FillTicket own, InvalidationListener author);

    /**
     * Notes that the reply just read is that of a script of this node that began a new epoch, so that an echo comes next.
     *
     * @param own the era that begins with it; null if none was watched
     * @param author is notified of the echo
     */
    void beganEpoch(byte[] epochKey, @Nullable TrackingGeneration own, InvalidationListener author);
}
