package io.github.tieredjcache.internal.remote.tracking;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.coherence.TrackingGeneration;
import io.github.tieredjcache.internal.remote.wire.HashSlot;
import org.junit.jupiter.api.Test;

class InvalidationRoutesTest {
    private static final HashSlot ONE = HashSlot.of("one");
    private static final HashSlot OTHER = HashSlot.of("other");

    private final InvalidationRoutes routes = new InvalidationRoutes();
    private final TrackedKeys ofOne = new TrackedKeys();
    private final TrackedKeys ofOther = new TrackedKeys();

    @Test
    void anInvalidationReachesTheKeysOfItsHashTag() {
        var unused = routes.add(ONE, ofOne);
        var unusedToo = routes.add(OTHER, ofOther);
        FillTicket ticket = watched(ofOne, "{one}:key");
        FillTicket ofOtherTag = watched(ofOther, "{one}:key");
        routes.changed(bytes("{one}:key"));
        assertFalse(ticket.isValid());
        assertTrue(ofOtherTag.isValid());
    }

    @Test
    void withoutHashTagsAllInvalidationsReachTheOnlyReceiver() {
        var unused = routes.add(null, ofOne);
        for (String key : new String[] {"key", "{one}:key", "{", "}{", ""}) {
            FillTicket ticket = watched(ofOne, key);
            routes.changed(bytes(key));
            assertFalse(ticket.isValid(), key);
        }
    }

    @Test
    void aKeyOfNoReceiverIsIgnored() {
        var unused = routes.add(ONE, ofOne);
        FillTicket ticket = watched(ofOne, "{one}:key");
        for (String key : new String[] {"key", "{other}:key", "{one", "{}:key", ""}) {
            routes.changed(bytes(key));
        }
        assertTrue(ticket.isValid());
    }

    @Test
    void aFlushReachesAll() {
        var unused = routes.add(ONE, ofOne);
        var unusedToo = routes.add(OTHER, ofOther);
        FillTicket one = watched(ofOne, "{one}:key");
        FillTicket other = watched(ofOther, "{other}:key");
        routes.allChanged();
        assertFalse(one.isValid());
        assertFalse(other.isValid());
    }

    /** The next connection may have its route before the last one has given up its own. */
    @Test
    void theEndOfAReplacedRouteLeavesItsSuccessor() {
        Runnable end = routes.add(ONE, ofOne);
        Runnable endOfNext = routes.add(ONE, ofOne);
        end.run();
        FillTicket ticket = watched(ofOne, "{one}:key");
        routes.changed(bytes("{one}:key"));
        assertFalse(ticket.isValid());
        endOfNext.run();
        FillTicket unreached = watched(ofOne, "{one}:key");
        routes.changed(bytes("{one}:key"));
        assertTrue(unreached.isValid());
    }

    private static FillTicket watched(TrackedKeys trackedKeys, String key) {
        FillTicket ticket = new FillTicket(0);
        TrackingGeneration generation = new TrackingGeneration(InvalidationListener.NONE);
        trackedKeys.beginGeneration(bytes("epoch"), generation);
        trackedKeys.watch(bytes(key), ticket, generation);
        return ticket;
    }

    private static byte[] bytes(String ascii) {
        return ascii.getBytes(US_ASCII);
    }
}
