package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.CodecRules;
import io.github.tieredjcache.internal.codec.Codecs;
import io.github.tieredjcache.internal.entry.Versions;
import io.github.tieredjcache.internal.stats.Observed;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;

/** One node's way to a Redis, with caches of strings. */
final class RemoteFixture implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** For a server that is always there: only a busy machine makes anybody wait. */
    static final Duration PATIENT = Duration.ofMinutes(1);

    final RemoteClients clients = new RemoteClients(System::nanoTime);
    final ConcurrentLinkedQueue<UndecodableReason> undecodable = new ConcurrentLinkedQueue<>();
    final Statistics statistics = new Statistics(System::nanoTime, true);
    final TierCounters counters = new TierCounters(Observed.none("test"), statistics.latencies(), System::nanoTime);
    private final Codecs codecs = new Codecs(RemoteFixture.class.getClassLoader());
    private final Versions versions = new Versions(ThreadLocalRandom.current().nextLong());
    private final List<RemoteClient> acquired = new ArrayList<>();
    private final String uri;
    private final Duration timeout;

    RemoteFixture(String uri) {
        this(uri, TIMEOUT);
    }

    RemoteFixture(String uri, Duration timeout) {
        this.uri = uri;
        this.timeout = timeout;
    }

    static RecordOptions options(String cacheName) {
        return new RecordOptions(
                "test",
                cacheName,
                16 << 20,
                Duration.ofSeconds(30),
                false,
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ZERO,
                false,
                false);
    }

    RemoteClient client() {
        RemoteClient client = clients.acquire(new RemoteOptions(uri, timeout, patience()), statistics.latencies());
        acquired.add(client);
        return client;
    }

    private Duration patience() {
        return timeout.compareTo(TIMEOUT) > 0 ? timeout : TIMEOUT;
    }

    RemoteRecord<String, String> record(String cacheName) {
        return record(options(cacheName));
    }

    RemoteRecord<String, String> record(RecordOptions options) {
        return record(options, String.class);
    }

    <V> RemoteRecord<String, V> record(RecordOptions options, Class<V> valueType) {
        CodecRules rules = new CodecRules(String.class, valueType, List.of(), 4_096, 16 << 20);
        return new RemoteRecord<>(
                client(),
                options,
                new RecordCodecs<>(
                        codecs.keys(String.class, rules, null),
                        codecs.values(valueType, rules),
                        (key, why) -> undecodable.add(why.reason())),
                versions,
                counters);
    }

    @Override
    public void close() {
        acquired.forEach(RemoteClient::close);
        codecs.close();
    }
}
