package io.github.tieredjcache.examples.conversations;

import io.github.tieredjcache.examples.conversations.Conversation.Message;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.MutableEntry;

/** Adds a message to a conversation; as an entry processor, so that of two messages at once none is lost. */
final class AppendMessage implements EntryProcessor<String, Conversation, Boolean> {

    private final Message message;
    private final Origins origins;

    AppendMessage(Message message, Origins origins) {
        this.message = message;
        this.origins = origins;
    }

    /** Answers false, and adds nothing, if there is no such conversation. */
    @Override
    public Boolean process(MutableEntry<String, Conversation> entry, Object... arguments) {
        Conversation current = entry.getValue();
        if (current == null) {
            return false;
        }
        Conversation longer = current.with(message);
        origins.written(longer);
        entry.setValue(longer);
        return true;
    }
}
