package io.github.tieredjcache.examples.conversations;

import java.util.Collection;
import java.util.Iterator;
import javax.cache.Cache;
import javax.cache.integration.CacheWriter;

/** Writes conversations to the store before the cache takes them. */
final class ConversationWriter implements CacheWriter<String, Conversation> {

    private final ConversationStore store;

    ConversationWriter(ConversationStore store) {
        this.store = store;
    }

    @Override
    public void write(Cache.Entry<? extends String, ? extends Conversation> entry) {
        store.save(entry.getValue());
    }

    @Override
    public void writeAll(Collection<Cache.Entry<? extends String, ? extends Conversation>> entries) {
        // What is written leaves the collection: JCache takes the rest for failed if an exception ends this.
        for (var left = entries.iterator(); left.hasNext(); left.remove()) {
            write(left.next());
        }
    }

    @Override
    public void delete(Object id) {
        store.delete((String) id);
    }

    @Override
    public void deleteAll(Collection<?> ids) {
        for (Iterator<?> left = ids.iterator(); left.hasNext(); left.remove()) {
            delete(left.next());
        }
    }
}
