package io.github.tieredjcache.internal.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CacheOperationTest {
    private static final Entry<String> OLD = Entry.eternal("old");
    private static final Entry<String> OTHER = Entry.eternal("other");

    /** Each operation: what it acts on of no entry, the value "old" and another value; whether it counts; whether it returns a result. */
    static Stream<Arguments> operations() {
        return Stream.of(
                Arguments.of("put", CacheOperation.put("new"), List.of(true, true, true), false, false),
                Arguments.of("getAndPut", CacheOperation.getAndPut("new"), List.of(true, true, true), true, true),
                Arguments.of("putIfAbsent", CacheOperation.putIfAbsent("new"), List.of(true, false, false), true, true),
                Arguments.of("replace", CacheOperation.replace("new"), List.of(false, true, true), true, true),
                Arguments.of("replace", CacheOperation.replace("old", "new"), List.of(false, true, false), true, true),
                Arguments.of(
                        "getAndReplace", CacheOperation.getAndReplace("new"), List.of(false, true, true), true, true),
                Arguments.of("remove", CacheOperation.remove(), List.of(true, true, true), false, true),
                Arguments.of("remove", CacheOperation.remove("old"), List.of(false, true, false), true, true),
                Arguments.of("getAndRemove", CacheOperation.getAndRemove(), List.of(true, true, true), true, true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void eachOperationOfJCacheIsItsConditionAndItsResult(
            String name,
            CacheOperation<String> operation,
            List<Boolean> actsOn,
            boolean countsLookup,
            boolean returnsResult) {
        assertEquals(
                actsOn, Arrays.asList(operation.actsOn(null), operation.actsOn(OLD), operation.actsOn(OTHER)), name);
        assertEquals(countsLookup, operation.countsLookup(), name);
        assertEquals(returnsResult, operation.returnsResult(), name);
        if (operation.needsValue()) {
            assertThrows(IllegalStateException.class, operation::precondition);
        } else {
            boolean absent = operation.actsOn(null);
            Precondition expected =
                    !absent ? Precondition.PRESENT : operation.actsOn(OLD) ? Precondition.ALWAYS : Precondition.ABSENT;
            assertEquals(expected, operation.precondition(), name);
        }
    }

    @Test
    void aDroppedValueIsNotKept() {
        CacheOperation<String> put = CacheOperation.put("new");
        assertEquals("new", put.keptValue());
        assertEquals("other", put.withValue("other").keptValue());
        assertEquals(null, put.droppingValue().keptValue());
        assertEquals("new", put.droppingValue().value());
    }

    @Test
    void aMutationWithoutAValueRemoves() {
        Mutation<String, String> store = new Mutation<>("k", Precondition.PRESENT, "v", 1, 2, true, true);
        assertEquals(false, store.removes());
        assertEquals(true, Mutation.removal("k").removes());
        assertEquals(new Mutation<>("k", Precondition.PRESENT, null, 1, 2, true, true), store.asRemoval());
    }
}
