package io.github.tieredjcache.integration.history;

import io.github.tieredjcache.history.Operation;
import io.github.tieredjcache.history.Verb;
import org.jspecify.annotations.Nullable;

/** What keeps a cache and its table from being one register, and so what the operations of a round still prove. */
enum Disturbance {
    /** Cache and table have always held the same. */
    NONE,
    /** An entry may have gone that the table has: who says that there was none does not say what the table had. */
    ENTRIES_GO,
    /**
     * A holder may have come back from beyond its lease and changed the table beside the next one, for a pause or because the
     * machine was too slow to renew the lease: what a mutation says of the entry need not be what the table had when it was made.
     */
    HOLDERS_COME_BACK;

    static Disturbance of(WrittenRound round, WrittenReport report) {
        if (round.trouble() == WrittenRound.Trouble.STOPS || report.lost() + report.voided() > 0) {
            return HOLDERS_COME_BACK;
        }
        boolean undisturbed = round.trouble() == WrittenRound.Trouble.NONE
                && report.operations().stream().allMatch(Operation::isKnown);
        return undisturbed ? NONE : ENTRIES_GO;
    }

    /** Returns what is to be explained of an operation, as one on the table; null if nothing is. */
    @Nullable
    Operation left(Operation operation) {
        boolean trusted = this == NONE || (this == ENTRIES_GO && reportsAnEntry(operation));
        return trusted ? operation : effect(operation);
    }

    /** Returns whether it says that there was an entry, or has loaded what had gone. */
    private static boolean reportsAnEntry(Operation operation) {
        String answer = operation.answer();
        return switch (operation.verb()) {
            case PUT_IF_ABSENT -> "false".equals(answer);
            case REPLACE, REPLACE_EXPECTED, REMOVE, REMOVE_EXPECTED -> "true".equals(answer);
            case GET_AND_PUT, GET_AND_REPLACE, GET_AND_REMOVE -> answer != null;
            default -> true;
        };
    }

    /** Returns what an operation did to the table, or read, without what it says of the entry that was there. */
    private static @Nullable Operation effect(Operation operation) {
        return switch (operation.verb()) {
            case GET, PUT, REMOVE_ALL -> operation;
            // The row goes, whatever the cache has.
            case REMOVE, GET_AND_REMOVE -> as(Verb.REMOVE_ALL, operation, null);
            case REMOVE_EXPECTED -> operation.changedNothing() ? null : as(Verb.REMOVE_ALL, operation, null);
            case INVOKE -> as(Verb.PUT, operation, Operation.noted(operation.value(), operation.answer()));
            default -> operation.changedNothing() ? null : as(Verb.PUT, operation, operation.value());
        };
    }

    private static Operation as(Verb verb, Operation operation, @Nullable String value) {
        return new Operation(
                operation.node(),
                operation.key(),
                verb,
                value,
                null,
                null,
                operation.callNanos(),
                operation.returnNanos());
    }
}
