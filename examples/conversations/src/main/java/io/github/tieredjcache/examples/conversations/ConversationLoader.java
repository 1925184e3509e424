package io.github.tieredjcache.examples.conversations;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import javax.cache.integration.CacheLoader;
import org.jspecify.annotations.Nullable;

/** Reads conversations from the store for the cache, and counts how many. */
final class ConversationLoader implements CacheLoader<String, Conversation> {

    private final ConversationStore store;
    private final Origins origins;
    private final LongAdder loads = new LongAdder();

    ConversationLoader(ConversationStore store, Origins origins) {
        this.store = store;
        this.origins = origins;
    }

    @Override
    public @Nullable Conversation load(String id) {
        loads.increment();
        Conversation conversation = store.find(id);
        if (conversation != null) {
            origins.loaded(conversation);
        }
        return conversation;
    }

    @Override
    public Map<String, Conversation> loadAll(Iterable<? extends String> ids) {
        Map<String, Conversation> found = new HashMap<>();
        for (String id : ids) {
            Conversation conversation = load(id);
            if (conversation != null) {
                found.put(id, conversation);
            }
        }
        return found;
    }

    long loads() {
        return loads.sum();
    }
}
