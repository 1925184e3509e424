package io.github.tieredjcache.internal.remote.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lettuce.core.output.ArrayOutput;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many commands, values and keys go into one flush. */
class FlushTest {
    @Test
    void aFlushHasABoundedNumberOfCommands() {
        List<RedisCommand<List<Object>>> commands = Collections.nCopies(Flush.COMMANDS_MAX + 2, ofBytes(1));
        assertEquals(Flush.COMMANDS_MAX, Flush.next(commands, 0).size());
        assertEquals(2, Flush.next(commands, Flush.COMMANDS_MAX).size());
    }

    @Test
    void aFlushHasABoundedNumberOfBytes() {
        int half = (int) Flush.BYTES_MAX / 2;
        List<RedisCommand<List<Object>>> commands = List.of(ofBytes(half), ofBytes(half), ofBytes(1), ofBytes(half));
        assertEquals(2, Flush.next(commands, 0).size());
        assertEquals(2, Flush.next(commands, 2).size());
    }

    @Test
    void aCommandThatExceedsTheBoundHasAFlushOfItsOwn() {
        int much = (int) Flush.BYTES_MAX + 1;
        List<RedisCommand<List<Object>>> commands = List.of(ofBytes(much), ofBytes(1));
        assertEquals(1, Flush.next(commands, 0).size());
        assertEquals(1, Flush.next(commands, 1).size());
    }

    @Test
    void theKeysOfACallAreSplitIntoScripts() {
        List<Integer> keys = Collections.nCopies(Flush.SCRIPT_KEYS_MAX + 1, 1);
        assertEquals(
                List.of(Flush.SCRIPT_KEYS_MAX, 1),
                Flush.perScript(keys).stream().map(List::size).toList());
    }

    @Test
    void theNextFlushRequestsAsManyValuesAsFitByTheAverage() {
        assertEquals(Flush.COMMANDS_MAX, Flush.valuesPerFlush(0, 0));
        assertEquals(Flush.COMMANDS_MAX, Flush.valuesPerFlush(10, 10));
        assertEquals(1, Flush.valuesPerFlush(1, 2 * Flush.BYTES_MAX));
        assertEquals(4, Flush.valuesPerFlush(2, Flush.BYTES_MAX / 2));
    }

    private static RedisCommand<List<Object>> ofBytes(int bytes) {
        return RedisCommand.run(Script.EPOCH, true, List.of(new byte[bytes]), List.of(), ArrayOutput::new);
    }
}
