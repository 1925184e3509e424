package io.github.tieredjcache.benchmark;

import java.io.Serial;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A thread of 40 messages, about 20 KB of text, as a chat service keeps it. */
final class Conversation implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int MESSAGES = 40;
    private static final String[] WORDS = {
        "the",
        "order",
        "arrived",
        "yesterday",
        "but",
        "a",
        "part",
        "is",
        "missing",
        "please",
        "look",
        "into",
        "it",
        "thanks"
    };

    private String id = "";
    private List<Message> messages = new ArrayList<>();

    static Conversation numbered(int number) {
        Conversation conversation = new Conversation();
        conversation.id = "conversation-" + number;
        for (int i = 0; i < MESSAGES; i++) {
            conversation.messages.add(Message.numbered(number, i));
        }
        return conversation;
    }

    Conversation copy() {
        Conversation copy = new Conversation();
        copy.id = id;
        copy.messages = new ArrayList<>(messages.size());
        messages.forEach(message -> copy.messages.add(message.copy()));
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Conversation that && id.equals(that.id) && messages.equals(that.messages);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /** One message of a thread. */
    static final class Message implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        private static final int TEXT_LENGTH = 440;

        private String role = "";
        private String text = "";
        private Instant time = Instant.EPOCH;
        private Map<String, String> metadata = new HashMap<>();

        static Message numbered(int conversation, int number) {
            Message message = new Message();
            message.role = number % 2 == 0 ? "user" : "assistant";
            message.text = text(31 * conversation + number);
            message.time = Instant.ofEpochSecond(1_700_000_000L + 60L * number, 1_000L * conversation);
            message.metadata.put("channel", "web");
            message.metadata.put("language", "en");
            return message;
        }

        private static String text(int seed) {
            StringBuilder text = new StringBuilder();
            for (int i = seed; text.length() < TEXT_LENGTH; i += 1 + i % 3) {
                text.append(WORDS[Math.floorMod(i, WORDS.length)]).append(' ');
            }
            return text.toString();
        }

        Message copy() {
            Message copy = new Message();
            copy.role = role;
            copy.text = text;
            copy.time = time;
            copy.metadata = new HashMap<>(metadata);
            return copy;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Message that
                    && role.equals(that.role)
                    && text.equals(that.text)
                    && time.equals(that.time)
                    && metadata.equals(that.metadata);
        }

        @Override
        public int hashCode() {
            return Objects.hash(role, text, time);
        }
    }
}
