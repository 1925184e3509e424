package io.github.tieredjcache.internal.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Simulated clusters keep all promises, and break one if a guard is taken out.
 *
 * <p>{@code -Dsimulation.seed=n} runs one seed and prints what happens; {@code -Dsimulation.seeds=n} runs more or fewer seeds, without the
 * comparison of the report; {@code -Dsimulation.renew=true} writes the report anew.
 */
class SimulationTest {
    private static final int SEEDS = 2_000;
    private static final int SABOTAGED_SEEDS_MAX = 2_000;
    private static final Path REPORT = Path.of("src/test/resources/simulation/report.txt");
    private static final Logger LOG = Logger.getLogger("io.github.tieredjcache");

    private final Level level = LOG.getLevel();

    @BeforeEach
    void logNothing() {
        LOG.setLevel(Level.OFF);
    }

    @AfterEach
    void logAsBefore() {
        LOG.setLevel(level);
    }

    @Test
    void noSeedBreaksAPromise() {
        Long only = Long.getLong("simulation.seed");
        if (only != null) {
            Simulation.Result result = Simulation.run(only, Saboteur.NONE, new Report(), true);
            System.out.println(result.trace());
            assertKept(result);
            return;
        }
        int seeds = Integer.getInteger("simulation.seeds", SEEDS);
        Report report = new Report();
        for (long seed = 1; seed <= seeds; seed++) {
            assertKept(Simulation.run(seed, Saboteur.NONE, report, false));
        }
        if (seeds == SEEDS) {
            compare(report.text());
        }
    }

    private static void assertKept(Simulation.Result result) {
        assertNull(
                result.violation(), () -> "repeat it by -Dsimulation.seed=" + result.seed() + ": " + result.scenario());
    }

    /** The report shows a change of behaviour in its diff. */
    private static void compare(String report) {
        try {
            if (Boolean.getBoolean("simulation.renew")) {
                Files.createDirectories(REPORT.getParent());
                Files.writeString(REPORT, report);
                return;
            }
            try (InputStream committed = SimulationTest.class.getResourceAsStream("/simulation/report.txt")) {
                assertNotNull(committed, "there is no report; write it by -Dsimulation.renew=true");
                assertEquals(
                        new String(committed.readAllBytes(), UTF_8),
                        report,
                        "the behaviour has changed; if that is meant, write the report by -Dsimulation.renew=true");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aSeedRepeatsARun() {
        for (long seed = 1; seed <= 20; seed++) {
            Report report = new Report();
            Simulation.Result first = Simulation.run(seed, Saboteur.NONE, report, true);
            Report again = new Report();
            assertEquals(
                    first.trace(),
                    Simulation.run(seed, Saboteur.NONE, again, true).trace());
            assertEquals(report.text(), again.text());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LOST_ANNOUNCEMENTS, STALENESS_BOUND",
        "ANNOUNCEMENTS_BESIDE_REPLIES, STALENESS_BOUND",
        "TICKET_IS_NEVER_INVALIDATED, STALENESS_BOUND",
        "TICKET_AFTER_READ, NODES_AGREE",
        "COHERENCE_LEASE_NEVER_LAPSES, STALENESS_BOUND",
        "PROOF_NEVER_AGES, STALENESS_BOUND",
        "GENERATION_OUTLIVES_CONNECTION, STALENESS_BOUND",
        "UNSETTLED_ENTRY_IS_KEPT, STALENESS_BOUND",
        "EPOCH_IS_NOT_CHECKED, STALENESS_BOUND",
        "EPOCH_IS_NOT_CHECKED, READ_YOUR_WRITES",
        "COPY_WITHOUT_DEADLINE, EXPIRED_IS_ABSENT",
        "TICKET_IS_NEVER_INVALIDATED, READ_YOUR_WRITES",
        "JOURNAL_FORGETS, NODES_AGREE",
        "PRECONDITION_IS_NOT_CHECKED, NO_LOST_UPDATE",
        "UNKNOWN_CHANGE_IS_REPEATED, NOTHING_REMOVED_COMES_BACK",
        "UNKNOWN_CHANGE_COUNTS_AS_MADE, HONEST_OUTCOME",
        "FILL_WITHOUT_LEASE, NO_LATE_FILL",
        "LOAD_LEASE_IS_NOT_EXCLUSIVE, ONE_LOAD",
        "WRITE_LEASE_IS_NOT_EXCLUSIVE, SOURCE_AND_CACHE_AGREE",
        "LOST_LEASE_LEAVES_ENTRY, SOURCE_AND_CACHE_AGREE",
        "LEASES_DO_NOT_END, LEASES_END",
        "RECOVERY_REMOVES_NOTHING, REMOVED_BEFORE_READ",
        "JOURNAL_FORGETS, REMOVED_BEFORE_READ",
        "EARLIER_CONNECTIONS_STAY, RECOVERY_ONLY_REMOVES",
        "RECOVERY_PUBLISHES, RECOVERY_ONLY_REMOVES",
        "CIRCUIT_BREAKER_IS_NOT_ASKED, NO_CALL_WAITS_IN_AN_OUTAGE",
        "READS_ARE_OLD, READER_NEVER_GOES_BACK",
        "LOCAL_CHANGES_ARE_DROPPED, OUTAGE_CHANGES_ARE_READ",
        "OTHER_OUTAGE_POLICY, OUTAGE_THROWS_NOTHING",
        "OTHER_OUTAGE_POLICY, FAIL_ANSWERS_NOTHING_LOCALLY",
        "OUTAGE_COPIES_DO_NOT_END, OUTAGE_COPIES_END"
    })
    void aGuardThatIsTakenOutBreaksItsPromise(Saboteur saboteur, Promise promise) {
        Report report = new Report();
        for (long seed = 1; seed <= SABOTAGED_SEEDS_MAX; seed++) {
            Violation violation = Simulation.run(seed, saboteur, report, false).violation();
            if (violation != null && violation.promise() == promise) {
                return;
            }
        }
        throw new AssertionError(SABOTAGED_SEEDS_MAX + " seeds keep the promise " + promise + " without its guard");
    }
}
