package io.github.tieredjcache.benchmark;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to make bytes of a key; those of the others need not be equal for equal keys. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KeyCodingTime {
    @Param
    public KeySample sample = KeySample.STRING;

    @Param
    public Library library = Library.TIERED;

    private Library.Coding coding;
    private Object key;

    @Setup
    public void make() {
        key = sample.key();
        coding = library.keys(key.getClass());
        Check.equal(key, coding.decode(coding.encode(key)), "the bytes");
    }

    @Benchmark
    public byte[] encode() {
        return coding.encode(key);
    }
}
