package io.github.tieredjcache.examples.conversations;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.examples.conversations.Origins.Answer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OriginsTest {

    private final Origins origins = new Origins();

    private static Conversation instance() {
        return new Conversation("id", "title", Instant.EPOCH, List.of());
    }

    @Test
    void aNewInstanceIsFromRedisAndThenFromTheNearTier() {
        Conversation conversation = instance();

        assertEquals(new Answer(Tier.REMOTE, false), origins.of(conversation, 10, 20));
        assertEquals(new Answer(Tier.NEAR, false), origins.of(conversation, 30, 40));
        assertEquals(new Answer(Tier.REMOTE, false), origins.of(instance(), 50, 60));
    }

    @Test
    void anInstanceThatTheLoaderMadeIsFromTheSourceAndThenFromTheNearTier() {
        Conversation conversation = instance();
        origins.loaded(conversation);

        assertEquals(new Answer(Tier.SOURCE, false), origins.of(conversation, 10, 20));
        assertEquals(new Answer(Tier.NEAR, false), origins.of(conversation, 30, 40));
    }

    @Test
    void aReadOfAnInstanceThatAnotherReadReturnedLaterJoinedItsFetch() {
        Conversation loaded = instance();
        origins.loaded(loaded);
        origins.of(loaded, 10, 20);
        assertEquals(new Answer(Tier.SOURCE, true), origins.of(loaded, 15, 25));

        Conversation fetched = instance();
        origins.of(fetched, 30, 40);
        assertEquals(new Answer(Tier.REMOTE, true), origins.of(fetched, 35, 45));
    }

    @Test
    void anInstanceThatThisNodeWroteIsFromTheNearTier() {
        Conversation conversation = instance();
        origins.written(conversation);

        assertEquals(Tier.NEAR, origins.of(conversation, 10, 20).tier());
    }

    @Test
    void theOldInstanceIsStillKnownWhileTheNewOneIsBeingWritten() {
        Conversation old = instance();
        origins.of(old, 10, 20);
        Conversation next = instance();
        origins.written(next);

        assertEquals(Tier.NEAR, origins.of(old, 30, 40).tier());
        assertEquals(Tier.NEAR, origins.of(next, 50, 60).tier());
    }
}
