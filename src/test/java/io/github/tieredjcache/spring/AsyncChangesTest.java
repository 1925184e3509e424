package io.github.tieredjcache.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The queue of changes on an executor that runs them when the test says so. */
class AsyncChangesTest {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final AsyncChanges changes = new AsyncChanges("books", tasks::add);
    private final List<String> ran = new ArrayList<>();

    private void runAll() {
        while (!tasks.isEmpty()) {
            // The task that was added last is the first to run, as threads may do it.
            tasks.removeLast().run();
        }
    }

    @Test
    void aClearRunsAfterTheChangesBeforeItAndBeforeTheChangesBehindIt() {
        changes.submit("a", () -> ran.add("a"));
        changes.submitForAll(() -> ran.add("all"));
        changes.submit("b", () -> ran.add("b"));
        changes.submitForAll(() -> ran.add("all again"));
        changes.submit("a", () -> ran.add("a again"));
        runAll();
        assertEquals(List.of("a", "all", "b", "all again", "a again"), ran);
    }

    @Test
    void changesThatHaveEndedLeaveNothing() {
        var none = changes.pending("a");
        changes.submit("a", () -> ran.add("a"));
        changes.submitForAll(() -> {
            throw new IllegalStateException("thrown by the test");
        });
        changes.submit("b", () -> ran.add("b"));
        assertFalse(changes.pending("a").isDone());
        runAll();
        assertSame(none, changes.pending("a"));
        assertSame(none, changes.pending("b"));
    }
}
