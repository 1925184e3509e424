package io.github.tieredjcache.integration.outage;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operation under every fault, by both policies, with and without a source: those that are hit by it, and those that come
 * when it is known; and what two nodes agree on when it is over.
 */
class OutageMatrixIT {
    private static final OutageWaits WAITS = new OutageWaits();
    /** Most of a round is waiting. */
    private static final int ROUNDS_AT_A_TIME = 3;

    private static final Map<OutageFault, Future<OutageRound>> ROUNDS = new EnumMap<>(OutageFault.class);

    /** One field of the matrix. */
    record Field(OutageFault fault, OutageOperation operation, OutagePolicy policy, boolean sourced) {
        @Override
        public String toString() {
            return fault + ", " + operation + ", " + policy + (sourced ? ", with a source" : "");
        }
    }

    /** Fault by fault, since all operations meet it together. */
    static Stream<Field> fields() {
        return faults().flatMap(fault -> Stream.of(OutageOperation.values())
                .flatMap(operation -> Stream.of(OutagePolicy.values())
                        .flatMap(policy ->
                                Stream.of(false, true).map(sourced -> new Field(fault, operation, policy, sourced)))));
    }

    @ParameterizedTest(name = "{0}")
    @Covers({
        FaultRow.F3,
        FaultRow.F4,
        FaultRow.F10,
        FaultRow.F16,
        FaultRow.F17,
        FaultRow.F31,
        FaultRow.F36,
        FaultRow.F38,
        FaultRow.F45,
        FaultRow.F94
    })
    @MethodSource("fields")
    void everyOperationKeepsItsPromisesUnderEveryFault(Field field) {
        List<String> complaints = of(field.fault()).complaints(field.operation(), field.policy(), field.sourced());
        assertTrue(complaints.isEmpty(), () -> String.join("\n  ", complaints));
    }

    static Stream<OutageFault> faults() {
        return Stream.of(OutageFault.values())
                .filter(fault -> fault.name().matches(System.getProperty("outage.faults", ".*")));
    }

    @ParameterizedTest
    @Covers({FaultRow.F14, FaultRow.F36, FaultRow.F95})
    @MethodSource("faults")
    void aFaultWithoutRepliesIsNoticed(OutageFault fault) {
        assertTrue(of(fault).isKnown(), "calls still wait for Redis although nothing is answered");
    }

    @BeforeAll
    static void begins() {
        ExecutorService threads = Executors.newFixedThreadPool(ROUNDS_AT_A_TIME);
        faults().forEach(fault -> ROUNDS.put(fault, threads.submit(() -> {
            OutageRound round = new OutageRound(fault, WAITS);
            round.run();
            return round;
        })));
        threads.shutdown();
    }

    private static OutageRound of(OutageFault fault) {
        try {
            return Objects.requireNonNull(ROUNDS.get(fault)).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @AfterAll
    static void printsTheWaits() {
        System.out.println(WAITS);
        ROUNDS.clear();
    }
}
