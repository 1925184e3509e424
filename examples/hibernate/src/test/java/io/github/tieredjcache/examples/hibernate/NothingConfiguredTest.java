package io.github.tieredjcache.examples.hibernate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No result of a query is stale after an outage, though the URI of Redis is all that is configured. */
class NothingConfiguredTest {
    private static TwoNodes nodes;

    @BeforeAll
    static void start() throws Exception {
        nodes = TwoNodes.start("nothing.conf");
        nodes.add(1, Fault.values().length, Category.GAME);
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"KILLED_AND_EMPTY", "BACK_WITH_OLDER_DATA", "CUT_OFF"})
    void aQueryHasWhatWasCommittedDuringAnOutage(Fault fault) {
        // Each has a row of its own: entities may be stale once Redis has come back with older data.
        int id = fault.ordinal() + 1;
        nodes.here.rename(id, "before " + fault);
        assertAll("before " + fault);
        fault.begin(nodes);
        try {
            TwoNodes.await(() -> {
                nodes.here.rename(id, "after " + fault);
                return fault.isNoticed();
            });
        } finally {
            fault.end(nodes);
        }
        nodes.awaitWhole();
        assertAll("after " + fault);
    }

    private static void assertAll(String name) {
        String here = nodes.here.names(Category.GAME).toString();
        assertTrue(here.contains(name), here);
        assertEquals(here, nodes.there.ask("names", "GAME"));
        // Only the other node asks for this result, so its timestamp alone makes it outdated.
        assertEquals(here, nodes.there.ask("names-since", TwoNodes.DAY));
    }
}
