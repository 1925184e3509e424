package io.github.tieredjcache.examples.conversations;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A thread of messages between a user and an assistant; deeply immutable. */
public record Conversation(String id, String title, Instant createdAt, List<Message> messages) {

    public Conversation {
        messages = List.copyOf(messages);
    }

    /** One contribution to a conversation. */
    public record Message(String role, String text, Instant time, Map<String, String> metadata) {

        public Message {
            metadata = Map.copyOf(metadata);
        }
    }

    /** Returns this conversation with one message more. */
    public Conversation with(Message message) {
        List<Message> longer = new ArrayList<>(messages);
        longer.add(message);
        return new Conversation(id, title, createdAt, longer);
    }
}
