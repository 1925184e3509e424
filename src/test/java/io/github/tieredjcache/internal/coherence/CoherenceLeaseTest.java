package io.github.tieredjcache.internal.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class CoherenceLeaseTest {
    private final CoherenceProof proof = new CoherenceProof();
    private final CoherenceLease lease = new CoherenceLease(proof, 100);
    private final FillTicket ticket = new FillTicket(0);

    @Test
    void aLeaseHoldsFromTheFirstProofUntilItsBound() {
        assertFalse(lease.covers(ticket, 0));
        assertEquals(CoherenceProof.NEVER, lease.proofAgeNanos(0));
        proof.recordReply(1_000);
        assertTrue(lease.covers(ticket, 1_100));
        assertFalse(lease.covers(ticket, 1_101));
        assertEquals(101, lease.proofAgeNanos(1_101));
        proof.revoke();
        assertFalse(lease.covers(ticket, 1_000));
    }

    @Test
    void aReplyToAnEarlierRequestDoesNotShortenTheLease() {
        proof.recordReply(1_000);
        proof.recordReply(990);
        assertTrue(lease.covers(ticket, 1_100));
    }

    @Test
    void theLeaseHoldsAcrossAnOverflowOfTheClock() {
        proof.recordReply(Long.MAX_VALUE - 10);
        assertTrue(lease.covers(ticket, Long.MIN_VALUE + 89));
        assertFalse(lease.covers(ticket, Long.MIN_VALUE + 90));
    }

    @Test
    void aLapseThatIsCheckedSeveralTimesIsCountedOnce() {
        holdSince(1_000);
        proof.updateLeases(1_101);
        proof.updateLeases(1_150);
        proof.recordReply(1_160);
        assertEquals(1, lease.lapses());
        proof.updateLeases(1_170);
        proof.updateLeases(1_261);
        assertEquals(2, lease.lapses());
    }

    @Test
    void aLapseBetweenTwoChecksIsCountedWithTheNextProof() {
        holdSince(1_000);
        proof.recordReply(1_050);
        proof.recordReply(1_151);
        assertEquals(1, lease.lapses());
    }

    @Test
    void aGapOfExactlyTheBoundIsNoLapse() {
        holdSince(1_000);
        proof.recordReply(1_100);
        assertEquals(0, lease.lapses());
        assertEquals(100, lease.boundNanos());
    }

    @Test
    void aRevocationIsALapseAtOnce() {
        holdSince(1_000);
        proof.revoke();
        assertEquals(1, lease.lapses());
    }

    @Test
    void aLostConnectionIsALapseAndTheTimeBeforeTheFirstProofIsNone() {
        proof.updateLeases(0);
        proof.updateLeases(1_000);
        assertEquals(0, lease.lapses());
        holdSince(1_000);
        proof.revoke();
        proof.updateLeases(2_000);
        proof.recordReply(5_000);
        assertEquals(1, lease.lapses());
    }

    @Test
    void eachLeaseCountsLapsesByItsOwnBound() {
        CoherenceLease patient = new CoherenceLease(proof, 1_000);
        holdSince(1_000);
        proof.recordReply(1_500);
        assertEquals(1, lease.lapses());
        assertEquals(0, patient.lapses());
        lease.close();
        proof.recordReply(2_501);
        assertEquals(1, lease.lapses(), "closed");
        assertEquals(1, patient.lapses());
    }

    @Test
    void aCopyCountsByTheProofOfItsOwnPartition() {
        CoherenceProof other = new CoherenceProof();
        CoherenceLease spread = new CoherenceLease(List.of(proof, other), 100);
        ticket.bindTo(new TrackingGeneration(InvalidationListener.NONE, other));
        proof.recordReply(1_000);
        assertFalse(spread.covers(ticket, 1_000));
        assertTrue(spread.covers(new FillTicket(0), 1_000));
        other.recordReply(1_050);
        assertTrue(spread.covers(ticket, 1_150));
        assertFalse(spread.covers(new FillTicket(0), 1_150));
    }

    @Test
    void aLeaseOfManyProofsReportsTheOldestAndCountsTheLapsesOfEach() {
        CoherenceProof other = new CoherenceProof();
        CoherenceLease spread = new CoherenceLease(List.of(proof, other), 100);
        holdSince(1_000);
        assertEquals(CoherenceProof.NEVER, spread.proofAgeNanos(1_000));
        other.recordReply(1_050);
        other.updateLeases(1_050);
        assertEquals(60, spread.proofAgeNanos(1_060));
        proof.updateLeases(1_200);
        assertEquals(1, spread.lapses());
        other.updateLeases(1_200);
        assertEquals(2, spread.lapses());
    }

    private void holdSince(long nanos) {
        proof.recordReply(nanos);
        proof.updateLeases(nanos);
    }
}
