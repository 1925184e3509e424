package io.github.tieredjcache.internal.coherence;

import java.util.List;

/**
 * The right of a near tier to answer for a shared cache; it lapses when no coherence proof is young enough. A cache that
 * is spread over several servers has a proof for each partition, and a copy counts by the proof of its own.
 *
 * <p>It is checked with a reading of the clock that is taken after the call in question began: a process that was
 * stopped must not answer from entries of the time before. Safe for use by many threads.
 */
public final class CoherenceLease {
    private final CoherenceProof first;
    private final List<Part> parts;
    private final long boundNanos;

    /** As {@link #CoherenceLease(List, long)}, for a cache with one proof. */
    public CoherenceLease(CoherenceProof proof, long boundNanos) {
        this(List.of(proof), boundNanos);
    }

    /**
     * Creates a lease.
     *
     * @param proofs of the connections that carry the invalidations, at least one; from now on they report lapses to
     *     this lease
     * @param boundNanos the staleness bound
     */
    public CoherenceLease(List<CoherenceProof> proofs, long boundNanos) {
        this.first = proofs.get(0);
        this.boundNanos = boundNanos;
        this.parts = proofs.stream().map(each -> new Part(each, boundNanos)).toList();
        parts.forEach(each -> each.proof.add(each));
    }

    /**
     * Returns whether the near tier may answer from a copy that is kept under the ticket. A ticket that is not bound to
     * a generation with a proof counts by the first proof.
     */
    public boolean covers(FillTicket ticket, long nowNanos) {
        CoherenceProof proof = ticket.generation().proof();
        return (proof == null ? first : proof).holdsWithin(boundNanos, nowNanos);
    }

    /** Returns the staleness bound. */
    public long boundNanos() {
        return boundNanos;
    }

    /** Returns the age of the oldest last proof, or {@link CoherenceProof#NEVER} if a connection has none. */
    public long proofAgeNanos(long nowNanos) {
        long oldest = 0;
        for (Part each : parts) {
            long ageNanos = each.proof.ageNanos(nowNanos);
            if (ageNanos == CoherenceProof.NEVER) {
                return ageNanos;
            }
            oldest = Math.max(oldest, ageNanos);
        }
        return oldest;
    }

    /** Returns how often the right has lapsed, because a connection was lost or gave no proof in time. */
    public long lapses() {
        return parts.stream().mapToLong(each -> each.lapses).sum();
    }

    /** Ends the counting. */
    public void close() {
        parts.forEach(each -> each.proof.remove(each));
    }

    /** The part of the lease that depends on one proof. */
    private static final class Part implements CoherenceProof.Observer {
        private final CoherenceProof proof;
        private final long boundNanos;
        private volatile long lapses;
        private boolean held;

        Part(CoherenceProof proof, long boundNanos) {
            this.proof = proof;
            this.boundNanos = boundNanos;
        }

        @Override
        public long boundNanos() {
            return boundNanos;
        }

        @Override
        public synchronized void update(long nowNanos) {
            boolean holds = proof.holdsWithin(boundNanos, nowNanos);
            if (held && !holds) {
                lapses++;
            }
            held = holds;
        }

        @Override
        public synchronized void renewedAfter(long gapNanos) {
            if (held && gapNanos > boundNanos) {
                lapses++;
            }
            held = true;
        }
    }
}
