package io.github.tieredjcache.internal.event;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AsyncListenerQueueTest {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<Integer> read = Collections.synchronizedList(new ArrayList<>());

    @Test
    void lettersAreReadInOrderByOneTask() {
        AsyncListenerQueue<Integer> mailbox = new AsyncListenerQueue<>("orders", read::add, tasks::add, () -> {});
        mailbox.post(1);
        mailbox.post(2);
        mailbox.post(3);
        assertEquals(1, tasks.size());
        runAll();
        mailbox.post(4);
        assertEquals(1, tasks.size());
        runAll();
        assertEquals(List.of(1, 2, 3, 4), read);
        assertEquals(0, mailbox.dropped());
    }

    @Test
    @Covers(FaultRow.F92)
    void beyondTheBoundTheOldestAreDroppedAndCounted() {
        AtomicInteger told = new AtomicInteger();
        AsyncListenerQueue<Integer> mailbox =
                new AsyncListenerQueue<>("orders", read::add, tasks::add, told::incrementAndGet);
        int posted = AsyncListenerQueue.LETTERS_MAX + 5;
        IntStream.range(0, posted).forEach(mailbox::post);
        runAll();
        assertEquals(IntStream.range(5, posted).boxed().toList(), read);
        assertEquals(5, mailbox.dropped());
        assertEquals(5, told.get());
    }

    @Test
    void aReaderThatThrowsGoesOnBeingCalled() {
        AsyncListenerQueue<Integer> mailbox = new AsyncListenerQueue<>(
                "orders",
                letter -> {
                    read.add(letter);
                    throw new IllegalStateException("listener");
                },
                tasks::add,
                () -> {});
        mailbox.post(1);
        mailbox.post(2);
        runAll();
        mailbox.post(3);
        runAll();
        assertEquals(List.of(1, 2, 3), read);
    }

    @Test
    void aReaderThatThrowsAnErrorGoesOnBeingCalled() {
        AsyncListenerQueue<Integer> mailbox = new AsyncListenerQueue<>(
                "orders",
                letter -> {
                    read.add(letter);
                    if (letter == 1) {
                        throw new StackOverflowError("listener");
                    }
                },
                tasks::add,
                () -> {});
        mailbox.post(1);
        mailbox.post(2);
        runAllContainingErrors();
        mailbox.post(3);
        runAllContainingErrors();
        assertEquals(List.of(1, 2, 3), read);
    }

    @Test
    void lettersThatTheExecutorRefusedAreReadWithTheNextThatItTakes() {
        AtomicBoolean refusing = new AtomicBoolean(true);
        Executor executor = task -> {
            if (refusing.get()) {
                throw new RejectedExecutionException();
            }
            tasks.add(task);
        };
        AsyncListenerQueue<Integer> mailbox = new AsyncListenerQueue<>("orders", read::add, executor, () -> {});
        mailbox.post(1);
        refusing.set(false);
        mailbox.post(2);
        runAll();
        assertEquals(List.of(1, 2), read);
    }

    @Test
    void lettersOfManyThreadsAreReadOnceEachOneAtATimeAndInTheOrderOfEachThread() throws Exception {
        int threads = 4;
        int letters = 2_000;
        AtomicBoolean reading = new AtomicBoolean();
        AsyncListenerQueue<Integer> mailbox = new AsyncListenerQueue<>(
                "orders",
                letter -> {
                    assertEquals(false, reading.getAndSet(true));
                    read.add(letter);
                    reading.set(false);
                },
                task -> Crew.run(task::run),
                () -> {});
        ArrayDeque<Integer> starts = new ArrayDeque<>(List.of(0, 10_000, 20_000, 30_000));
        Crew.together(threads, () -> {
            int start;
            synchronized (starts) {
                start = starts.removeFirst();
            }
            for (int i = 0; i < letters; i++) {
                mailbox.post(start + i);
            }
            return null;
        });
        Crew.until(() -> read.size() == threads * letters);
        for (int thread = 0; thread < threads; thread++) {
            int first = thread * 10_000;
            List<Integer> his = read.stream()
                    .filter(letter -> letter >= first && letter < first + 10_000)
                    .toList();
            assertEquals(IntStream.range(first, first + letters).boxed().toList(), his);
        }
    }

    private void runAll() {
        while (!tasks.isEmpty()) {
            tasks.removeFirst().run();
        }
    }

    private void runAllContainingErrors() {
        while (!tasks.isEmpty()) {
            try {
                tasks.removeFirst().run();
            } catch (StackOverflowError e) {
                assertEquals("listener", e.getMessage());
            }
        }
    }
}
