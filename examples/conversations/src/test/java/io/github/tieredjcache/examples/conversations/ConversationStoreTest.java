package io.github.tieredjcache.examples.conversations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConversationStoreTest {

    private final Corpus corpus = new Corpus(1);
    private ConversationStore store;

    @BeforeEach
    void open(@TempDir Path folder) {
        store = new ConversationStore(folder.resolve("store"), 0);
        store.createTables();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aSavedConversationIsFound() {
        Conversation conversation = corpus.conversation(7);

        store.save(conversation);

        assertEquals(conversation, store.find(conversation.id()));
        assertEquals(conversation.messages().size(), store.messageCount());
        assertNull(store.find("another"));
    }

    @Test
    void aSaveReplacesTheConversation() {
        Conversation conversation = corpus.conversation(7);
        Conversation longer = conversation.with(corpus.message(new SplittableRandom(1), Instant.EPOCH));

        store.save(conversation);
        store.save(longer);
        assertEquals(longer, store.find(conversation.id()));

        store.save(conversation);
        assertEquals(conversation, store.find(conversation.id()));
    }

    @Test
    void aDeletedConversationIsGoneWithItsMessages() {
        Conversation conversation = corpus.conversation(7);
        store.save(conversation);

        store.delete(conversation.id());

        assertNull(store.find(conversation.id()));
        assertEquals(0, store.messageCount());
    }

    @Test
    void conversationsHaveTheGivenSizeAndAreReproducible() {
        for (int number = 0; number < 50; number++) {
            Conversation conversation = corpus.conversation(number);
            int bytes = conversation.messages().stream()
                    .mapToInt(message -> message.text().length())
                    .sum();
            assertTrue(bytes >= 10_000 && bytes <= 105_000, conversation.id() + " has " + bytes);
            assertEquals(conversation, new Corpus(1).conversation(number));
            assertNotEquals(conversation, new Corpus(2).conversation(number));
        }
    }
}
