package io.github.tieredjcache.internal.coherence;

/**
 * The right of a near tier to answer for a shared cache; it lapses when no coherence proof is young enough.
 *
 * <p>It is checked with a reading of the clock that is taken after the call in question began: a process that was
 * stopped must not answer from entries of the time before. Safe for use by many threads.
 */
public final class CoherenceLease implements CoherenceProof.Observer {
    private final CoherenceProof proof;
    private final long boundNanos;
    private volatile long lapses;
    private boolean held;

    /**
     * Creates a lease.
     *
     * @param proof of the connection that carries the invalidations; from now on it reports lapses to this lease
     * @param boundNanos the staleness bound
     */
    public CoherenceLease(CoherenceProof proof, long boundNanos) {
        this.proof = proof;
        this.boundNanos = boundNanos;
        proof.add(this);
    }

    /** Returns whether the near tier may answer. */
    public boolean holdsAt(long nowNanos) {
        return proof.holdsWithin(boundNanos, nowNanos);
    }

    @Override
    public long boundNanos() {
        return boundNanos;
    }

    /** Returns the age of the last proof, or {@link CoherenceProof#NEVER} if there is none on this connection. */
    public long proofAgeNanos(long nowNanos) {
        return proof.ageNanos(nowNanos);
    }

    /** Returns how often the lease has lapsed, because the connection was lost or gave no proof in time. */
    public long lapses() {
        return lapses;
    }

    /** Ends the counting. */
    public void close() {
        proof.remove(this);
    }

    @Override
    public synchronized void update(long nowNanos) {
        boolean holds = holdsAt(nowNanos);
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
