package io.github.tieredjcache.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.benchmark.RemoteHit.Walk;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The same with Lettuce and Kryo alone, as one writes it by hand for one's own classes: no header, no checks. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RemoteHitOfLettuce {
    private static final String PREFIX = "lettuce:";

    @Param
    public Sample sample = Sample.STRING;

    private final AtomicLong missed = new AtomicLong(RemoteHit.KEYS);
    private Object value;
    private RedisClient client;
    private RedisCommands<byte[], byte[]> commands;

    /** One thread's serializer. */
    @State(Scope.Thread)
    public static class Serializer {
        private final Kryo kryo = Library.kryo();
        private final Output output = new Output(1 << 10, -1);

        private byte[] encoded(Object value) {
            output.reset();
            kryo.writeClassAndObject(output, value);
            return output.toBytes();
        }

        private Object decoded(byte[] bytes) {
            return kryo.readClassAndObject(new Input(bytes));
        }
    }

    @Setup
    public void fill() {
        value = sample.make(0);
        client = RedisClient.create(System.getProperty(Benchmarks.REDIS_URI));
        commands = client.connect(ByteArrayCodec.INSTANCE).sync();
        Serializer serializer = new Serializer();
        for (int i = 0; i < RemoteHit.KEYS; i++) {
            commands.set(bytes(Keys.key(i)), serializer.encoded(sample.make(i)));
            Check.equal(sample.make(i), serializer.decoded(commands.get(bytes(Keys.key(i)))), Keys.key(i));
        }
    }

    @TearDown
    public void close() {
        commands.flushall();
        client.shutdown();
    }

    @Benchmark
    public Object get(Walk walk, Serializer serializer) {
        return serializer.decoded(commands.get(bytes(walk.next())));
    }

    @Benchmark
    public Map<String, Object> getAll(Walk walk, Serializer serializer) {
        Set<String> batch = walk.nextBatch();
        byte[][] names = new byte[batch.size()][];
        int count = 0;
        for (String key : batch) {
            names[count++] = bytes(key);
        }
        Map<String, Object> values = new HashMap<>();
        for (KeyValue<byte[], byte[]> found : commands.mget(names)) {
            values.put(
                    new String(found.getKey(), PREFIX.length(), found.getKey().length - PREFIX.length(), UTF_8),
                    serializer.decoded(found.getValue()));
        }
        return values;
    }

    @Benchmark
    public void put(Walk walk, Serializer serializer) {
        commands.set(bytes(walk.next()), serializer.encoded(value));
    }

    /** What a miss needs at least: the read and the write. Nobody is kept from loading the same key. */
    @Benchmark
    public Object miss(Serializer serializer) {
        byte[] name = bytes(Keys.key(missed.incrementAndGet()));
        byte[] found = commands.get(name);
        if (found == null) {
            commands.set(name, serializer.encoded(value));
        }
        return value;
    }

    private static byte[] bytes(String key) {
        return (PREFIX + key).getBytes(UTF_8);
    }
}
