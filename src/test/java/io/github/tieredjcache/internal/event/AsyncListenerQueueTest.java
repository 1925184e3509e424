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
    private final List<Integer> delivered = Collections.synchronizedList(new ArrayList<>());

    @Test
    void eventsAreDeliveredInOrderByOneTask() {
        AtomicInteger drops = new AtomicInteger();
        AsyncListenerQueue<Integer> queue =
                new AsyncListenerQueue<>("orders", delivered::add, tasks::add, drops::incrementAndGet);
        queue.add(1);
        queue.add(2);
        queue.add(3);
        assertEquals(1, tasks.size());
        runAll();
        queue.add(4);
        assertEquals(1, tasks.size());
        runAll();
        assertEquals(List.of(1, 2, 3, 4), delivered);
        assertEquals(0, drops.get());
    }

    @Test
    @Covers(FaultRow.F92)
    void beyondTheBoundTheOldestEventsAreDroppedAndCounted() {
        AtomicInteger drops = new AtomicInteger();
        AsyncListenerQueue<Integer> queue =
                new AsyncListenerQueue<>("orders", delivered::add, tasks::add, drops::incrementAndGet);
        int added = AsyncListenerQueue.EVENTS_MAX + 5;
        IntStream.range(0, added).forEach(queue::add);
        runAll();
        assertEquals(IntStream.range(5, added).boxed().toList(), delivered);
        assertEquals(5, drops.get());
    }

    @Test
    void aListenerThatThrowsReceivesLaterEvents() {
        AsyncListenerQueue<Integer> queue = new AsyncListenerQueue<>(
                "orders",
                event -> {
                    delivered.add(event);
                    throw new IllegalStateException("listener");
                },
                tasks::add,
                () -> {});
        queue.add(1);
        queue.add(2);
        runAll();
        queue.add(3);
        runAll();
        assertEquals(List.of(1, 2, 3), delivered);
    }

    @Test
    void aListenerThatThrowsAnErrorReceivesLaterEvents() {
        AsyncListenerQueue<Integer> queue = new AsyncListenerQueue<>(
                "orders",
                event -> {
                    delivered.add(event);
                    if (event == 1) {
                        throw new StackOverflowError("listener");
                    }
                },
                tasks::add,
                () -> {});
        queue.add(1);
        queue.add(2);
        runAllContainingErrors();
        queue.add(3);
        runAllContainingErrors();
        assertEquals(List.of(1, 2, 3), delivered);
    }

    @Test
    void eventsThatTheExecutorRefusedAreDeliveredWithTheNextThatItTakes() {
        AtomicInteger attempts = new AtomicInteger();
        Executor executor = task -> {
            switch (attempts.incrementAndGet()) {
                case 1 -> throw new RejectedExecutionException();
                case 2 -> throw new OutOfMemoryError("unable to create native thread");
                default -> tasks.add(task);
            }
        };
        AsyncListenerQueue<Integer> queue = new AsyncListenerQueue<>("orders", delivered::add, executor, () -> {});
        queue.add(1);
        queue.add(2);
        queue.add(3);
        runAll();
        assertEquals(List.of(1, 2, 3), delivered);
    }

    @Test
    void eventsOfManyThreadsAreDeliveredOnceOneAtATimeAndInTheOrderOfEachThread() throws Exception {
        int threads = 4;
        int events = 2_000;
        AtomicBoolean delivering = new AtomicBoolean();
        AsyncListenerQueue<Integer> queue = new AsyncListenerQueue<>(
                "orders",
                event -> {
                    assertEquals(false, delivering.getAndSet(true));
                    delivered.add(event);
                    delivering.set(false);
                },
                task -> Crew.run(task::run),
                () -> {});
        ArrayDeque<Integer> starts = new ArrayDeque<>(List.of(0, 10_000, 20_000, 30_000));
        Crew.together(threads, () -> {
            int start;
            synchronized (starts) {
                start = starts.removeFirst();
            }
            for (int i = 0; i < events; i++) {
                queue.add(start + i);
            }
            return null;
        });
        Crew.until(() -> delivered.size() == threads * events);
        for (int thread = 0; thread < threads; thread++) {
            int first = thread * 10_000;
            List<Integer> ofThread = delivered.stream()
                    .filter(event -> event >= first && event < first + 10_000)
                    .toList();
            assertEquals(IntStream.range(first, first + events).boxed().toList(), ofThread);
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
