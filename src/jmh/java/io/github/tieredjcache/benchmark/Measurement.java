package io.github.tieredjcache.benchmark;

/**
 * What one call costs, each figure from the iteration in which it was least: all that disturbs a measurement adds to it.
 *
 * @param nanos the time on the wall, of one thread
 * @param cpuNanos the time of the cores, of all threads of the virtual machine
 * @param bytes what is allocated
 */
record Measurement(double nanos, double cpuNanos, double bytes) {
    static final Measurement NONE =
            new Measurement(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

    Measurement least(Measurement other) {
        return new Measurement(
                Math.min(nanos, other.nanos), Math.min(cpuNanos, other.cpuNanos), Math.min(bytes, other.bytes));
    }
}
