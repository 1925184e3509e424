package io.github.tieredjcache.examples.conversations;

import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.examples.conversations.NodeReport.LibraryCounts;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.Caching;

/** One JVM of the chat service: a cache with a near tier of its own, serving requests for a while. */
final class ServiceNode {

    private static final int ATTEMPTS_MAX = 20;

    private ServiceNode() {}

    /**
     * Serves, and writes a report.
     *
     * @param arguments the file of the store, the file for the report, the namespace in Redis, the node's number (the second
     *     one ends with a stampede and cleans up), then the settings
     */
    public static void main(String[] arguments) throws Exception {
        Path reportFile = Path.of(arguments[1]);
        String namespace = arguments[2];
        int number = Integer.parseInt(arguments[3]);
        Settings settings = Settings.parse(List.of(arguments).subList(4, arguments.length));
        try (var store = new ConversationStore(Path.of(arguments[0]), settings.findMillis());
                var provider = Caching.getCachingProvider()) {
            Origins origins = new Origins();
            ConversationLoader loader = new ConversationLoader(store, origins);
            ConversationWriter writer = new ConversationWriter(store);
            Cache<String, Conversation> cache = ConversationCache.open(namespace, settings, () -> loader, () -> writer);
            awaitReady(cache);
            boolean second = number == 2;
            int seconds = second ? settings.coldSeconds() : settings.warmSeconds();
            RequestStream requests = new RequestStream(cache, origins, settings);
            Tally tally = requests.serve(seconds, settings.seed() + number);
            long due = (long) seconds * settings.requestsPerSecond();
            long loads = loader.loads();
            LibraryCounts library = LibraryCounts.of(cache.unwrap(TierStatistics.class));
            Stampede stampede = null;
            if (second) {
                // This one lies beyond those that the requests are about: nobody has asked for it yet.
                String coldId = Corpus.id(settings.conversations());
                System.out.printf("  now %,d threads ask for %s at once%n", settings.stampede(), coldId);
                stampede = Stampede.on(coldId, settings.stampede(), cache, loader);
                provider.getCacheManager().destroyCache(ConversationCache.NAME);
            }
            new NodeReport(tally, due, loads, requests.firstNearHits(), library, stampede).write(reportFile);
        }
    }

    /** Returns once Redis has answered for the first time: until then a service takes no requests. */
    private static void awaitReady(Cache<String, Conversation> cache) {
        long beganNanos = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            try {
                cache.containsKey("is anybody there?");
                System.out.printf(
                        "  ready after %d ms%n", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos));
                return;
            } catch (CacheException e) {
                if (attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }
}
