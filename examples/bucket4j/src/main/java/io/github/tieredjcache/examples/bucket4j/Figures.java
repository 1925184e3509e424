package io.github.tieredjcache.examples.bucket4j;

/**
 * What became of a run.
 *
 * @param title what happened
 * @param demand what was asked for
 * @param jvms how many nodes there were
 * @param granted tokens that callers have got, and said so
 * @param refused calls that got the reply that there is none
 * @param failed calls that threw
 * @param tokensMax how many tokens there were at most
 * @param seconds how long it took
 */
record Figures(
        String title,
        Demand demand,
        int jvms,
        long granted,
        long refused,
        long failed,
        long tokensMax,
        double seconds) {

    static final String HEAD = String.format(
            "%-34s %4s %7s %8s %8s %8s %8s %8s %9s",
            "", "JVMs", "threads", "attempts", "tokens", "granted", "refused", "errors", "calls/s");

    /** Returns whether nobody has got a token that the bucket did not have. */
    boolean isKept() {
        return granted <= tokensMax;
    }

    long attempts() {
        return granted + refused + failed;
    }

    String line() {
        return String.format(
                "%-34s %4d %7d %8d %8d %8d %8d %8d %9.0f%s",
                title,
                jvms,
                jvms * demand.threads(),
                attempts(),
                tokensMax,
                granted,
                refused,
                failed,
                attempts() / seconds,
                isKept() ? "" : "   TOO MANY");
    }
}
