package io.github.tieredjcache.internal.coherence;

/**
 * The right of a near tier to answer for a shared cache; it lapses when no proof of the stream is young enough.
 *
 * <p>Looked at with the clock as it is since the call in question began, never with one that was read before: a node that was
 * stopped must not answer from what it knew. Safe for use by many threads.
 */
public final class CoherenceLease {
    private final CoherenceProof proof;
    private final long boundNanos;
    private volatile long lapses;
    private boolean held;

    /**
     * Creates a lease.
     *
     * @param proof of the stream that announces changes; has this count its lapses from now on
     * @param boundNanos how stale an answer may be
     */
    public CoherenceLease(CoherenceProof proof, long boundNanos) {
        this.proof = proof;
        this.boundNanos = boundNanos;
        proof.watch(this);
    }

    /** Returns whether the near tier may answer. */
    public boolean holdsAt(long nowNanos) {
        return proof.holdsWithin(boundNanos, nowNanos);
    }

    /** Returns how stale an answer may be. */
    public long boundNanos() {
        return boundNanos;
    }

    /** Returns how old the last proof is, or {@link CoherenceProof#NEVER} if there is none since the connection was made. */
    public long proofAgeNanos(long nowNanos) {
        return proof.ageNanos(nowNanos);
    }

    /** Returns how often it has lapsed, by the end of a connection or by its silence. */
    public long lapses() {
        return lapses;
    }

    /** Ends the counting. */
    public void close() {
        proof.unwatch(this);
    }

    /** Takes note of whether it holds. */
    synchronized void look(long nowNanos) {
        boolean holds = holdsAt(nowNanos);
        if (held && !holds) {
            lapses++;
        }
        held = holds;
    }

    /** Takes note of a proof that came so long after the one before. */
    synchronized void renewedAfter(long gapNanos) {
        if (held && gapNanos > boundNanos) {
            lapses++;
        }
        held = true;
    }
}
