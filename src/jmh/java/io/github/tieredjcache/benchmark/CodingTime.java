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

/** What it costs to make bytes of a value, to make a value of bytes, and to copy a value. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodingTime {
    @Param
    public Sample sample = Sample.STRING;

    @Param
    public Library library = Library.TIERED;

    private Library.Coding coding;
    private Object value;
    private byte[] bytes;

    @Setup
    public void make() {
        coding = library.values(sample.type());
        value = sample.make(7);
        bytes = coding.encode(value);
        Check.equal(value, coding.decode(bytes), "the bytes");
        Check.equal(value, coding.copy(value), "the copy");
    }

    @Benchmark
    public byte[] encode() {
        return coding.encode(value);
    }

    @Benchmark
    public Object decode() {
        return coding.decode(bytes);
    }

    @Benchmark
    public Object copy() {
        return coding.copy(value);
    }
}
