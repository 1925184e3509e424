package io.github.tieredjcache.internal.remote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.entry.Era;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.Hearing;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InvalidationsTest {
    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] OTHER = "other".getBytes(UTF_8);

    private static final byte[] EPOCH = "epoch".getBytes(UTF_8);

    private final AtomicInteger heard = new AtomicInteger();
    private final AtomicInteger echoes = new AtomicInteger();
    private final Hearing hearing = new Hearing() {
        @Override
        public void changed() {
            heard.incrementAndGet();
        }

        @Override
        public void echoed() {
            echoes.incrementAndGet();
        }
    };
    private final Invalidations invalidations = new Invalidations();
    private final Era era = new Era(hearing);

    @BeforeEach
    void begin() {
        invalidations.begin(EPOCH, era);
    }

    @Test
    @Covers(FaultRow.F87)
    void aChangeVoidsTheTicketOfItsKeyAndNoOther() {
        FillTicket ticket = watch(KEY);
        FillTicket other = watch(OTHER);
        invalidations.changed(KEY.clone());
        assertFalse(ticket.isValid());
        assertTrue(other.isValid());
        assertEquals(1, invalidations.watched());
    }

    @Test
    void aChangeOfEverythingEndsAllEras() {
        Era other = new Era(hearing);
        invalidations.begin(OTHER, other);
        FillTicket ticket = watch(KEY);
        invalidations.allChanged();
        assertFalse(ticket.isValid());
        assertTrue(era.isOver());
        assertTrue(other.isOver());
        assertTrue(invalidations.isWithoutEras());
    }

    @Test
    void whatNobodyHasAnnouncedIsCountedAsNoAnnouncement() {
        invalidations.allChanged();
        assertEquals(0, heard.get(), "a stream began");
        invalidations.begin(EPOCH, new Era(hearing));
        invalidations.changed(EPOCH.clone());
        assertEquals(1, heard.get(), "another node has cleared the cache");
    }

    @Test
    void anEraEndsWithItsEpoch() {
        Era sibling = new Era(hearing);
        Era other = new Era(hearing);
        invalidations.begin(EPOCH, sibling);
        invalidations.begin(OTHER, other);
        FillTicket ticket = watch(KEY);
        invalidations.changed(EPOCH.clone());
        assertFalse(ticket.isValid());
        assertTrue(sibling.isOver(), "another instance of the same cache");
        assertFalse(other.isOver());
    }

    @Test
    void whoListensIsToldOfWhateverMayHaveChangedTheKey() {
        try (News news = invalidations.listen(at(KEY));
                News another = invalidations.listen(at(KEY));
                News ofOther = invalidations.listen(at(OTHER))) {
            invalidations.changed(KEY.clone());
            assertTrue(news.hasArrived());
            assertTrue(another.hasArrived());
            assertFalse(ofOther.hasArrived());
            news.rearm();
            invalidations.wrote(KEY.clone(), null, hearing);
            assertTrue(news.hasArrived(), "the write of this node, of which only an echo comes");
            news.rearm();
            invalidations.changed(EPOCH.clone());
            assertTrue(news.hasArrived());
            assertTrue(ofOther.hasArrived());
            news.rearm();
            invalidations.allChanged();
            assertTrue(news.hasArrived());
        }
        News closed = invalidations.listen(at(KEY));
        closed.close();
        invalidations.changed(KEY.clone());
        assertFalse(closed.hasArrived());
    }

    @Test
    void newsThatCameBeforeTheWaitEndIt() {
        try (News news = invalidations.listen(at(KEY))) {
            invalidations.changed(KEY.clone());
            news.await(Long.MAX_VALUE / 2);
            news.rearm();
            news.await(1);
            assertFalse(news.hasArrived());
        }
    }

    @Test
    void anInterruptEndsAWaitAndIsKept() {
        try (News news = invalidations.listen(at(KEY))) {
            Thread.currentThread().interrupt();
            news.await(Long.MAX_VALUE / 2);
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void anEraThatIsGivenUpIsWatchedNoMore() {
        Era sibling = new Era(hearing);
        invalidations.begin(EPOCH, sibling);
        invalidations.end(EPOCH, era);
        assertTrue(era.isOver());
        assertFalse(sibling.isOver());
        invalidations.end(EPOCH, sibling);
        assertTrue(invalidations.isWithoutEras());
    }

    @Test
    void aNewerFetchTakesThePlaceOfAnOlderOne() {
        FillTicket older = watch(KEY);
        FillTicket newer = watch(KEY);
        assertFalse(older.isValid());
        assertTrue(newer.isValid());
        older.voidIt();
        assertTrue(newer.isValid(), "the older one's end is not the newer one's");
        invalidations.changed(KEY);
        assertFalse(newer.isValid());
    }

    @Test
    void aVoidTicketIsNotWatched() {
        invalidations.watch(KEY, FillTicket.unfillable(), era);
        assertEquals(0, invalidations.watched());
        watch(KEY).voidIt();
        assertEquals(0, invalidations.watched());
    }

    @Test
    void theEchoOfAnOwnWriteLeavesItsCopy() {
        FillTicket written = watch(KEY);
        // 1. The server answers the write. 2. It announces the write to its author.
        invalidations.answered(1);
        invalidations.wrote(KEY, written, hearing);
        invalidations.changed(KEY);
        assertTrue(written.isValid());
        assertEquals(List.of(0, 1), List.of(heard.get(), echoes.get()));
        // 3. It announces somebody else's write.
        invalidations.changed(KEY);
        assertFalse(written.isValid());
        assertEquals(List.of(1, 1), List.of(heard.get(), echoes.get()));
    }

    @Test
    void aTicketThatIsTakenAfterTheAnswerOutlivesTheEchoOfTheWrite() {
        FillTicket written = watch(KEY);
        // 1. The write is answered, and its thread goes on to the next one. 2. Only now comes the echo of the first.
        invalidations.answered(1);
        invalidations.wrote(KEY, written, hearing);
        FillTicket next = watch(KEY);
        invalidations.changed(KEY);
        assertTrue(next.isValid());
    }

    @Test
    void aTicketThatWasTakenBeforeTheAnswerIsVoidWithIt() {
        // It may stand for what was there before the write.
        FillTicket fetched = watch(KEY);
        invalidations.answered(1);
        invalidations.wrote(KEY, null, hearing);
        assertFalse(fetched.isValid());
    }

    @Test
    void whatDoesNotFollowTheAnswerAtOnceIsNoEcho() {
        FillTicket written = watch(KEY);
        invalidations.answered(1);
        invalidations.wrote(KEY, written, hearing);
        // Another answer comes in between, so that this announces somebody else's write.
        invalidations.answered(2);
        invalidations.changed(KEY);
        assertFalse(written.isValid());
    }

    @Test
    void anAnnouncementOfAnotherKeyEndsTheWaitForTheEcho() {
        FillTicket written = watch(KEY);
        FillTicket other = watch(OTHER);
        invalidations.answered(1);
        invalidations.wrote(KEY, written, hearing);
        invalidations.changed(OTHER);
        assertFalse(other.isValid());
        invalidations.changed(KEY);
        assertFalse(written.isValid());
    }

    @Test
    void anEchoIsNobodysButTheWritersOwn() {
        FillTicket written = watch(KEY);
        // 1. A fetch of the key began after the write was sent, and may have read what was there before it.
        FillTicket fetched = watch(KEY);
        // 2. The write is answered and echoed.
        invalidations.answered(1);
        invalidations.wrote(KEY, written, hearing);
        invalidations.changed(KEY);
        // 3. Neither is kept.
        assertFalse(written.isValid());
        assertFalse(fetched.isValid());
    }

    @Test
    void aCopyKeepsItsTicketWhileTheKeyIsFetchedAgainAndBothEndWithItsChange() {
        FillTicket kept = watch(KEY);
        kept.keep();
        FillTicket early = watch(KEY);
        FillTicket late = watch(KEY);
        assertTrue(kept.isValid());
        assertFalse(early.isValid(), "nothing was kept under it, and a later fetch takes its place");
        invalidations.changed(KEY.clone());
        assertFalse(kept.isValid());
        assertFalse(late.isValid());
        assertEquals(0, invalidations.watched());
    }

    @Test
    void anOwnWriteEndsTheTicketOfTheCopyThatItReplaces() {
        FillTicket kept = watch(KEY);
        kept.keep();
        FillTicket written = watch(KEY);
        invalidations.answered(1);
        invalidations.wrote(KEY, written, hearing);
        assertFalse(kept.isValid());
        assertTrue(written.isValid());
    }

    @Test
    void cachesThatHaveTheSameKeyHaveATicketEach() {
        FillTicket mine = watch(KEY);
        FillTicket others = new FillTicket(0);
        invalidations.watch(KEY, others, new Era(hearing));
        assertTrue(mine.isValid());
        invalidations.changed(KEY.clone());
        assertFalse(mine.isValid());
        assertFalse(others.isValid());
    }

    private FillTicket watch(byte[] key) {
        FillTicket ticket = new FillTicket(0);
        invalidations.watch(key, ticket, era);
        return ticket;
    }

    private EntryKey at(byte[] key) {
        return new EntryKey(key, new KeySpace("n", "c", 0).epoch(1, era, true));
    }
}
