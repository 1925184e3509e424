package io.github.tieredjcache.internal.entry;

/**
 * The right of a near tier to answer for a shared cache; it lapses when no proof of the stream is young enough.
 *
 * <p>Looked at with the clock at the time of the hit, never with a clock that was read before: a node that was stopped
 * must not answer from what it knew.
 *
 * @param proof of the stream that announces changes
 * @param boundNanos how stale an answer may be
 */
public record CoherenceLease(CoherenceProof proof, long boundNanos) {
    /** Returns whether the near tier may answer. */
    public boolean holdsAt(long nowNanos) {
        return proof.holdsWithin(boundNanos, nowNanos);
    }
}
