package io.github.tieredjcache.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.benchmark.RemoteHit.Batches;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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

    private final Keys keys = new Keys(RemoteHit.KEYS, 1);
    private final Batches batches = new Batches(keys);
    private final Kryo kryo = Library.kryo();
    private RedisClient client;
    private RedisCommands<byte[], byte[]> commands;

    @Setup
    public void fill() {
        client = RedisClient.create(System.getProperty(Benchmarks.REDIS_URI));
        commands = client.connect(ByteArrayCodec.INSTANCE).sync();
        for (int i = 0; i < RemoteHit.KEYS; i++) {
            Output output = new Output(1 << 10, -1);
            kryo.writeClassAndObject(output, sample.make(i));
            commands.set(bytes(Keys.key(i)), output.toBytes());
            Check.equal(sample.make(i), decoded(commands.get(bytes(Keys.key(i)))), Keys.key(i));
        }
    }

    @TearDown
    public void close() {
        for (int i = 0; i < RemoteHit.KEYS; i++) {
            commands.unlink(bytes(Keys.key(i)));
        }
        client.shutdown();
    }

    @Benchmark
    public Object get() {
        return decoded(commands.get(bytes(keys.next())));
    }

    @Benchmark
    public Map<String, Object> getAll() {
        Set<String> batch = batches.next();
        byte[][] names = new byte[batch.size()][];
        int count = 0;
        for (String key : batch) {
            names[count++] = bytes(key);
        }
        Map<String, Object> values = new HashMap<>();
        for (KeyValue<byte[], byte[]> found : commands.mget(names)) {
            values.put(
                    new String(found.getKey(), PREFIX.length(), found.getKey().length - PREFIX.length(), UTF_8),
                    decoded(found.getValue()));
        }
        return values;
    }

    private static byte[] bytes(String key) {
        return (PREFIX + key).getBytes(UTF_8);
    }

    private Object decoded(byte[] bytes) {
        return kryo.readClassAndObject(new Input(bytes));
    }
}
