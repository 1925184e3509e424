package io.github.tieredjcache.internal.simulation;

import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.ReadResult;
import io.github.tieredjcache.internal.port.TierOfRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The tier in Redis without one of its guards. */
final class SabotagedRemote extends ForwardingTier {
    private final Saboteur saboteur;
    private final Map<String, ReadResult<String>> last = new HashMap<>();
    private final Map<String, ReadResult<String>> earlier = new HashMap<>();
    private int reads;

    SabotagedRemote(TierOfRecord<String, String> tier, Saboteur saboteur) {
        super(tier);
        this.saboteur = saboteur;
    }

    @Override
    public ReadResult<String> read(String key, FillTicket ticket, long accessNanos) {
        switch (saboteur) {
            case TICKET_IS_NEVER_INVALIDATED -> {
                return tier.read(key, throwaway(ticket), accessNanos);
            }
            case TICKET_AFTER_READ -> {
                ReadResult<String> read = tier.read(key, throwaway(ticket), accessNanos);
                var unused = tier.read(key, ticket, Lifetime.UNCHANGED);
                return read;
            }
            case COPY_WITHOUT_DEADLINE -> {
                ReadResult<String> read = tier.read(key, ticket, accessNanos);
                return new ReadResult<>(changed(read.entry(), Entry.NO_DEADLINE, null, ticket), read.local());
            }
            case UNSETTLED_ENTRY_IS_KEPT -> {
                ReadResult<String> read = tier.read(key, ticket, accessNanos);
                return new ReadResult<>(changed(read.entry(), 0, true, ticket), read.local());
            }
            case READS_ARE_OLD -> {
                ReadResult<String> read = tier.read(key, ticket, accessNanos);
                ReadResult<String> before = last.put(key, read);
                ReadResult<String> oldest = before == null ? null : earlier.put(key, before);
                boolean isOld = ++reads % 3 == 0 && oldest != null;
                if (isOld) {
                    ticket.invalidate();
                }
                return isOld ? oldest : read;
            }
            default -> {
                return tier.read(key, ticket, accessNanos);
            }
        }
    }

    private static FillTicket throwaway(FillTicket ticket) {
        return ticket.isValid() ? new FillTicket(ticket.takenNanos()) : FillTicket.unfillable();
    }

    private static Entry<String> changed(Entry<String> entry, long deadlineNanos, Boolean settled, FillTicket ticket) {
        return entry == null
                ? null
                : Entry.of(
                                entry.value(),
                                entry.version(),
                                deadlineNanos == 0 ? entry.deadlineNanos() : deadlineNanos,
                                0,
                                settled == null ? entry.isSettled() : settled)
                        .withTicket(ticket);
    }

    @Override
    public Supplier<Map<String, ReadResult<String>>> beginReadAll(Map<String, FillTicket> tickets, long accessNanos) {
        Map<String, ReadResult<String>> results = new LinkedHashMap<>();
        tickets.forEach((key, ticket) -> results.put(key, read(key, ticket, accessNanos)));
        return () -> results;
    }

    @Override
    public Outcome<String> apply(Mutation<String, String> mutation) {
        boolean isConditional = mutation.precondition() != Precondition.ALWAYS;
        if (saboteur == Saboteur.PRECONDITION_IS_NOT_CHECKED && isConditional) {
            return tier.apply(new Mutation<>(
                    mutation.key(),
                    Precondition.ALWAYS,
                    mutation.value(),
                    mutation.creationNanos(),
                    mutation.updateNanos(),
                    mutation.returnsResult(),
                    mutation.wantsOld()));
        }
        try {
            return tier.apply(mutation);
        } catch (OutcomeUnknownException e) {
            if (saboteur == Saboteur.UNKNOWN_CHANGE_IS_REPEATED) {
                return tier.apply(mutation);
            }
            if (saboteur == Saboteur.UNKNOWN_CHANGE_COUNTS_AS_MADE) {
                return new Outcome<>(true, false, null, null);
            }
            throw e;
        }
    }

    @Override
    public Supplier<List<Outcome<String>>> beginFillAll(List<Fill<String, String>> fills) {
        if (saboteur != Saboteur.FILL_WITHOUT_LEASE) {
            return tier.beginFillAll(fills);
        }
        return tier.beginApplyAll(fills.stream()
                .map(fill -> new Mutation<>(
                        fill.key(),
                        Precondition.ALWAYS,
                        fill.value(),
                        fill.creationNanos(),
                        fill.creationNanos(),
                        false,
                        false))
                .toList());
    }

    @Override
    public Lease<String, String> lease(String key) {
        return saboteur == Saboteur.WRITE_LEASE_IS_NOT_EXCLUSIVE ? new OpenLease(key) : tier.lease(key);
    }

    @Override
    public Lease<String, String> leaseOfLocked(String key) {
        return lease(key);
    }

    @Override
    public List<Lease<String, String>> leaseAll(List<String> keys) {
        return Lease.allOrNone(keys, this::lease);
    }

    /** A lease that excludes nobody. */
    private final class OpenLease implements Lease<String, String> {
        private final String key;
        private final Entry<String> before;

        OpenLease(String key) {
            this.key = key;
            this.before =
                    tier.read(key, FillTicket.unfillable(), Lifetime.UNCHANGED).entry();
        }

        @Override
        public Entry<String> before() {
            return before;
        }

        @Override
        public Prepared<String> prepare(String value) {
            return () -> value;
        }

        @Override
        public Outcome<String> save(Prepared<String> change, long lifetimeNanos) {
            return tier.apply(new Mutation<>(
                    key, Precondition.ALWAYS, change.value(), lifetimeNanos, lifetimeNanos, false, false));
        }

        @Override
        public Supplier<Outcome<String>> beginCommit(Prepared<String> change, long lifetimeNanos) {
            return () -> save(change, lifetimeNanos);
        }

        @Override
        public void release() {}

        @Override
        public void abandon() {
            tier.discardAll(List.of(key));
        }
    }

    /** The tier that a recovery removes keys from. */
    static TierOfRecord<String, String> ofRecovery(TierOfRecord<String, String> tier, Saboteur saboteur) {
        return switch (saboteur) {
            case RECOVERY_REMOVES_NOTHING ->
                new ForwardingTier(tier) {
                    @Override
                    public void discardAll(Collection<String> keys) {}

                    @Override
                    public void clear() {}
                };
            case RECOVERY_PUBLISHES ->
                new ForwardingTier(tier) {
                    private int published;

                    @Override
                    public void discardAll(Collection<String> keys) {
                        keys.forEach(key -> tier.apply(new Mutation<>(
                                key,
                                Precondition.ALWAYS,
                                "published " + ++published,
                                Lifetime.ETERNAL,
                                Lifetime.ETERNAL,
                                false,
                                false)));
                    }
                };
            default -> tier;
        };
    }
}
