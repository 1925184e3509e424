package io.github.tieredjcache.examples.conversations;

import io.github.tieredjcache.Compression;
import io.github.tieredjcache.TieredConfiguration;
import javax.cache.Cache;
import javax.cache.Caching;
import javax.cache.configuration.Factory;

/** The cache of the chat service, as an application makes it. */
final class ConversationCache {

    static final String NAME = "conversations";

    private ConversationCache() {}

    /**
     * Creates the cache. Which Redis it uses says the environment variable {@code TIERED_JCACHE_REDIS_URI}, which the library
     * reads by itself: a password belongs neither into code nor on a command line.
     */
    static Cache<String, Conversation> open(
            String namespace,
            Settings settings,
            Factory<ConversationLoader> loader,
            Factory<ConversationWriter> writer) {
        var configuration = TieredConfiguration.builder(String.class, Conversation.class)
                .namespace(namespace)
                .nearMaximumSize(settings.nearEntries())
                .warmKeys(settings.warmKeys())
                // Text: in Redis it takes about half the room.
                .compression(Compression.LZ4)
                .readThrough(loader)
                .writeThrough(writer)
                // Conversations are immutable: nobody needs a copy of his own.
                .storeByValue(false)
                .statistics(true)
                .build();
        return Caching.getCachingProvider().getCacheManager().createCache(NAME, configuration);
    }
}
