package io.github.tieredjcache.examples.bucket4j;

/** What one node did for a demand, as far as it has said so. Safe for use by many threads. */
final class Part {
    private long granted;
    private long refused;
    private long failed;
    private long beganMillis = Long.MAX_VALUE;
    private long endedMillis;
    private long tookNanos;
    private boolean over;

    synchronized void hear(String line) {
        if (line.equals(ConsumerNode.GRANTED)) {
            granted++;
        } else if (line.equals(ConsumerNode.FAILED)) {
            failed++;
        } else if (line.startsWith(ConsumerNode.DONE)) {
            String[] words = line.split(" ");
            refused = Long.parseLong(words[1]);
            beganMillis = Long.parseLong(words[2]);
            endedMillis = Long.parseLong(words[3]);
            tookNanos = Long.parseLong(words[4]);
            over = true;
        }
    }

    synchronized void end() {
        over = true;
    }

    synchronized boolean isOver() {
        return over;
    }

    synchronized long granted() {
        return granted;
    }

    synchronized long refused() {
        return refused;
    }

    synchronized long failed() {
        return failed;
    }

    synchronized long beganMillis() {
        return beganMillis;
    }

    synchronized long endedMillis() {
        return endedMillis;
    }

    synchronized long tookNanos() {
        return tookNanos;
    }
}
