package io.github.tieredjcache.integration.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Node;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;

/**
 * A node in a process of its own whose cache reads through to a {@link CountedSource}. Its argument is the URI of its Redis. It
 * understands
 *
 * <ul>
 *   <li>{@code assemble key 64}: 64 threads stand ready to ask for the key; answered by {@code assembled}.
 *   <li>{@code go}: they ask. Answered by a line for each with its microseconds and its value, and {@code done}.
 *   <li>{@code hold key}: asks for a key whose load does not end; answered by {@code holding} when it has begun.
 *   <li>{@code release}: lets that load end; answered by what its caller got.
 *   <li>{@code get key}: answered by the value.
 *   <li>{@code end}: ends, as the end of its input does.
 * </ul>
 */
final class LoadingNode {
    static final String CACHE = "loaded";
    /** A cache whose leases no pause of the machine outlives. */
    private static final String PATIENT = "patiently loaded";

    static final Duration LEASE = Duration.ofSeconds(2);

    private final CountedSource source;
    private final Cache<String, String> cache;
    private final Cache<String, String> patient;
    private volatile Hold hold = new Hold("nothing", new CountDownLatch(1), new CountDownLatch(1));

    private LoadingNode(Node node, CountedSource source) {
        this.source = source;
        CacheLoader<String, String> loader = new CacheLoader<>() {
            @Override
            public String load(String key) {
                return loadOrHold(key);
            }

            @Override
            public Map<String, String> loadAll(Iterable<? extends String> keys) {
                throw new UnsupportedOperationException();
            }
        };
        this.cache = cache(node, loader);
        this.patient = node.cache(PATIENT, String.class, String.class, settings -> settings.readThrough(() -> loader));
    }

    /** The cache of a node; its lookups wait for much longer than a lease, so that none loads beside another who lives. */
    static Cache<String, String> cache(Node node, CacheLoader<String, String> loader) {
        return node.cache(
                CACHE,
                String.class,
                String.class,
                settings -> settings.with(TieredSetting.LOAD_LEASE, LEASE)
                        .with(TieredSetting.LOAD_WAIT, LEASE.multipliedBy(10))
                        .commandTimeout(Duration.ofSeconds(10))
                        .readThrough(() -> loader));
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        try (Node node = new Node(arguments[0]);
                CountedSource source = new CountedSource(arguments[0])) {
            LoadingNode loading = new LoadingNode(node, source);
            Crowd crowd = null;
            Crew.Member<String> holder = null;
            System.out.println("ready");
            for (String line = commands.readLine(); line != null && !line.equals("end"); line = commands.readLine()) {
                String[] words = line.split(" ", -1);
                switch (words[0]) {
                    case "assemble", "assemble-patiently" -> {
                        Cache<String, String> cache = words[0].equals("assemble") ? loading.cache : loading.patient;
                        crowd = new Crowd(cache, words[1], Integer.parseInt(words[2]));
                        System.out.println("assembled");
                    }
                    case "go" -> go(crowd);
                    case "hold" -> holder = loading.hold(words[1]);
                    case "release" -> {
                        loading.hold.ends.countDown();
                        System.out.println(holder.result());
                    }
                    case "get" -> System.out.println(loading.cache.get(words[1]));
                    default -> throw new IllegalArgumentException(line);
                }
            }
        }
    }

    private static void go(Crowd crowd) throws Exception {
        crowd.go();
        for (Crowd.Answer each : crowd.answers()) {
            System.out.println(each.micros() + " " + each.value());
        }
        System.out.println("done");
    }

    private Crew.Member<String> hold(String key) {
        hold = new Hold(key, new CountDownLatch(1), new CountDownLatch(1));
        Crew.Member<String> holder = Crew.start(() -> cache.get(key));
        Crew.await(hold.begins);
        System.out.println("holding");
        return holder;
    }

    private String loadOrHold(String key) {
        String loaded = source.load(key);
        if (key.equals(hold.key)) {
            hold.begins.countDown();
            Crew.await(hold.ends);
        }
        return loaded;
    }

    /** A load that ends on request. */
    private record Hold(String key, CountDownLatch begins, CountDownLatch ends) {}
}
