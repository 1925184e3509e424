package io.github.tieredjcache.integration.outage;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/** A cache of two nodes in which one operation meets one fault; and what may be there then. */
final class OutageCell {
    private static final String NEAR = "near";
    private static final String FAR = "far";
    private static final String LAST = "last";
    private static final String THEIRS = "theirs";
    private static final String WRITTEN_THERE = "written there";
    private static final Map<String, String> CUT = Map.of(NEAR, "value of near");
    private static final Map<String, String> FULL = Map.of(NEAR, "value of near", FAR, "value of far");
    private static final Map<String, String> EMPTY = Map.of();

    private final OutageFault fault;
    private final OutageOperation operation;
    private final OutagePolicy policy;
    private final boolean later;
    private final @Nullable RowSource source;
    private final String name;
    private final Cache<String, String> here;
    private final Cache<String, String> there;
    private final Map<String, String> initial = new TreeMap<>();
    private final List<Crew.Member<OutageCall>> running = new ArrayList<>();
    private final List<OutageCall> calls = new ArrayList<>();
    private final Map<String, Set<@Nullable String>> allowed = new HashMap<>();
    private final List<String> complaints = new ArrayList<>();
    private boolean writtenThere;

    /**
     * Creates the cell and its caches.
     *
     * @param sourced whether there is a loader and a writer
     * @param later whether the operation comes when the fault is known; else it is hit by it
     */
    OutageCell(
            OutageSite site,
            OutageFault fault,
            OutageOperation operation,
            OutagePolicy policy,
            boolean sourced,
            boolean later) {
        this.fault = fault;
        this.operation = operation;
        this.policy = policy;
        this.later = later;
        this.source = sourced ? new RowSource() : null;
        this.name = operation + (sourced ? "-sourced-" : "-") + policy + (later ? "-later" : "");
        this.here = site.here()
                .cache(
                        name,
                        String.class,
                        String.class,
                        builder -> settings(policy).apply(builder).statistics(true));
        this.there = site.there().cache(name, String.class, String.class, settings(OutagePolicy.FAIL));
        initial.put(NEAR, "value of near");
        initial.put(FAR, "value of far");
        initial.put(LAST, "");
    }

    private UnaryOperator<TieredConfiguration.Builder<String, String>> settings(OutagePolicy outagePolicy) {
        return settings -> {
            var builder = OutageSite.settings(settings).outagePolicy(outagePolicy);
            return source == null ? builder : builder.readThrough(() -> source).writeThrough(() -> source);
        };
    }

    /** Fills the caches. */
    void seed() {
        Map<String, String> values = new HashMap<>(FULL);
        values.put(THEIRS, "value of theirs");
        TierStatistics statistics = here.unwrap(TierStatistics.class);
        long remoteHitsBefore = statistics.remoteHits();
        Crew.until(() -> succeeds(() -> there.putAll(values)));
        Crew.until(() -> {
            long nearHitsBefore = statistics.nearHits();
            return succeeds(() -> {
                        var unused = here.get(NEAR);
                        unused = here.get(THEIRS);
                    })
                    && statistics.nearHits() == nearHitsBefore + 2
                    // Copies from before are valid until their invalidations arrive; any later reply of Redis comes
                    // after those.
                    && statistics.remoteHits() > remoteHitsBefore;
        });
        if (source != null) {
            source.set(LAST, "row of last");
        }
    }

    /** Returns whether Redis has answered: both nodes give up on it soon, on a busy machine too soon. */
    private static boolean succeeds(Runnable operation) {
        try {
            operation.run();
            return true;
        } catch (CacheException e) {
            return false;
        }
    }

    OutageOperation operation() {
        return operation;
    }

    OutagePolicy policy() {
        return policy;
    }

    boolean isSourced() {
        return source != null;
    }

    boolean isLater() {
        return later;
    }

    /** Has its calls made at once, each on a thread of its own, when the latch opens. */
    void start(CountDownLatch go) {
        boolean readsBack = later && policy == OutagePolicy.LOCAL;
        if (operation.reach == OutageOperation.Reach.KEY) {
            initial.forEach((key, value) -> start(go, Map.of(key, value), readsBack));
        } else {
            start(go, initial, readsBack);
        }
    }

    private void start(CountDownLatch go, Map<String, String> keys, boolean readsBack) {
        running.add(Crew.start(() -> {
            Crew.await(go);
            return OutageCall.make(operation, here, keys, readsBack);
        }));
    }

    /** Waits for the calls. */
    void join(OutageWaits waits) {
        for (Crew.Member<OutageCall> each : running) {
            try {
                OutageCall call = each.result();
                waits.add(operation, fault, later, call.nanos());
                calls.add(call);
            } catch (Exception | AssertionError e) {
                complain("it hangs: " + e);
            }
        }
    }

    /** Has the other node write, if it can. */
    void writeThere() {
        // If Redis is unavailable to it, too, it is unknown whether this has reached it.
        writtenThere = succeeds(() -> there.put(THEIRS, WRITTEN_THERE));
    }

    /** Says what is wrong with what the calls have answered, before anything is healed. */
    void judge(OutageSite site) {
        for (OutageCall call : calls) {
            if (call.failure() == null) {
                judgeAnswer(call);
            } else {
                judgeFailure(call, call.failure(), site);
            }
        }
    }

    private void judgeFailure(OutageCall call, Throwable failure, OutageSite site) {
        boolean mayFail = policy == OutagePolicy.FAIL
                && (fault.severity != OutageFault.Severity.NONE
                        || call.nanos() >= OutageSite.COMMAND_TIMEOUT.toNanos()
                        || site.wasAway());
        if (!(failure instanceof CacheException) || !mayFail) {
            complain("it threw: " + call + trace(failure));
        }
        call.keys().keySet().forEach(key -> {
            if (fault.severity == OutageFault.Severity.AWAY && source != null) {
                require(
                        Objects.equals(source.row(key), rowAtFirst(key)),
                        () -> call + ", and the source has " + source.row(key) + " for " + key);
            }
            allow(key, initially(key));
            allow(key, operation.after(initially(key), null));
        });
    }

    private static String trace(Throwable failure) {
        StringBuilder lines = new StringBuilder();
        for (Throwable each = failure; each != null; each = each.getCause()) {
            lines.append("\n      ").append(each);
            StackTraceElement[] trace = each.getStackTrace();
            for (int i = 0; i < Math.min(8, trace.length); i++) {
                lines.append("\n        at ").append(trace[i]);
            }
        }
        return lines.toString();
    }

    private void judgeAnswer(OutageCall call) {
        require(policy == OutagePolicy.LOCAL || !mustFail(call), () -> "it did not fail: " + call);
        List<Map<String, String>> matching =
                views().stream().filter(view -> matches(call, view)).toList();
        require(!matching.isEmpty(), () -> "wrong: " + call + ", by " + views() + rows(call));
        for (String key : call.keys().keySet()) {
            allowAfter(key, matching);
        }
        Map<String, String> readBack = call.readBack();
        if (readBack != null && !matching.isEmpty()) {
            readBack.forEach((key, found) -> judgeReadBack(call, key, found, matching));
        }
    }

    private void judgeReadBack(OutageCall call, String key, String found, List<Map<String, String>> views) {
        if (source != null) {
            require(found.equals(String.valueOf(source.row(key))), () -> "not as the source: " + call + rows(call));
            return;
        }
        boolean isCut = fault.severity == OutageFault.Severity.AWAY;
        Set<@Nullable String> possible = new HashSet<>();
        for (Map<String, String> view : views) {
            String after = operation.after(view.get(key), null);
            possible.add(String.valueOf(after));
            if (!isCut) {
                possible.add("null");
                if (Objects.equals(after, view.get(key)) && !operation.removes()) {
                    possible.add(String.valueOf(initially(key)));
                }
            }
        }
        require(
                possible.contains(found),
                () -> "read back " + found + " of " + key + " and not " + possible + ": " + call);
    }

    private boolean mustFail(OutageCall call) {
        boolean needsNoRedis = (operation == OutageOperation.LOAD_ALL && source == null)
                // What is near may be shown for a while.
                || (operation == OutageOperation.GET && call.keys().containsKey(NEAR))
                || (operation == OutageOperation.CONTAINS_KEY && call.keys().containsKey(NEAR));
        return switch (fault.severity) {
            case NONE, PASSING -> false;
            case REFUSING -> operation.effect == OutageOperation.Effect.STORE;
            case AWAY -> !needsNoRedis;
        };
    }

    /** What the operation may go by. */
    private List<Map<String, String>> views() {
        Set<Map<String, String>> views = new HashSet<>();
        boolean goesOn = policy == OutagePolicy.LOCAL;
        TierStatistics statistics = here.unwrap(TierStatistics.class);
        boolean wentOn = statistics.localOperations()
                        + statistics.remoteTimeouts()
                        + statistics.remoteDisconnections()
                        + statistics.remoteRefusals()
                > 0;
        if (fault.severity != OutageFault.Severity.AWAY || !goesOn) {
            views.add(fault.keeps == OutageFault.Keeps.ALL ? FULL : EMPTY);
        }
        if (goesOn && (fault.severity == OutageFault.Severity.AWAY || wentOn)) {
            views.add(fault == OutageFault.EMPTIED ? EMPTY : CUT);
        }
        // A busy machine makes an outage of late and refused replies.
        boolean wasAway = fault.severity != OutageFault.Severity.AWAY && statistics.remoteOutages() > 0;
        if (wentOn && (fault.severity == OutageFault.Severity.PASSING || wasAway)) {
            // What was near has gone with the connection or the outage, and the next one may be cut as well: in the
            // middle of many keys, too.
            views.add(EMPTY);
            views.add(Map.of(FAR, "value of far"));
        }
        if (wentOn && !later && operation.reach == OutageOperation.Reach.CACHE) {
            // An iteration waits for no other connection: what was near has gone with its own, before the outage is
            // known.
            views.add(EMPTY);
        }
        if (!goesOn && !later && fault != OutageFault.EMPTIED) {
            // What is near may be shown for a while.
            views.add(FULL);
        }
        if (fault == OutageFault.LOADING) {
            // It says that it has emptied itself before it loads.
            views.add(EMPTY);
        }
        return List.copyOf(views);
    }

    private boolean matches(OutageCall call, Map<String, String> view) {
        for (Map.Entry<String, String> each : call.keys().entrySet()) {
            String key = each.getKey();
            String row = rowAtFirst(key);
            Object expected = operation.answer(view.get(key), row, each.getValue());
            if (!Objects.equals(expected, call.answers().get(key))) {
                return false;
            }
            if (source != null && !Objects.equals(source.row(key), operation.rowAfter(view.get(key), row))) {
                return false;
            }
        }
        return true;
    }

    private String rows(OutageCall call) {
        if (source == null) {
            return "";
        }
        Map<String, String> rows = new TreeMap<>();
        call.keys().keySet().forEach(key -> rows.put(key, String.valueOf(source.row(key))));
        return ", the source has " + rows;
    }

    private void allowAfter(String key, List<Map<String, String>> views) {
        boolean goesOn = policy == OutagePolicy.LOCAL;
        if (!operation.changes()) {
            allow(key, initially(key));
            if (goesOn && operation.isInvocation()) {
                allow(key, null);
            }
            return;
        }
        if (goesOn) {
            // The cache may forget.
            allow(key, null);
        }
        for (Map<String, String> view : views) {
            String after = operation.after(view.get(key), null);
            allow(key, after);
            if (Objects.equals(after, view.get(key)) && !operation.removes()) {
                allow(key, initially(key));
            }
        }
    }

    private void allow(String key, @Nullable String value) {
        allowed.computeIfAbsent(key, same -> new HashSet<>()).add(value);
        if (fault.keeps == OutageFault.Keeps.NOTHING) {
            allowed.get(key).add(null);
        }
    }

    private @Nullable String initially(String key) {
        return FULL.get(key);
    }

    private @Nullable String rowAtFirst(String key) {
        return source == null ? null : key.equals(LAST) ? "row of last" : FULL.get(key);
    }

    /** Says what the other node's key may hold. */
    void allowTheirs() {
        allow(THEIRS, WRITTEN_THERE);
        if (!writtenThere) {
            allow(THEIRS, "value of theirs");
        }
        if (operation.reach == OutageOperation.Reach.CACHE && operation.changes()) {
            allow(THEIRS, null);
        }
    }

    /** Returns what is still wrong, null if both nodes agree on what may be there. */
    @Nullable
    String disagreement() {
        try {
            TierStatistics statistics = here.unwrap(TierStatistics.class);
            if (statistics.isRemoteUnavailable() || statistics.journaledKeys() > 0) {
                return "it is not back: " + statistics.journaledKeys() + " keys in the journal";
            }
            Set<String> keys = new HashSet<>(initial.keySet());
            keys.add(THEIRS);
            for (String key : keys) {
                String ours = here.get(key);
                String theirs = there.get(key);
                if (!Objects.equals(ours, theirs)) {
                    return key + " is " + ours + " here and " + theirs + " there" + calls;
                }
                if (source != null && !Objects.equals(ours, source.row(key))) {
                    return key + " is " + ours + " and in the source " + source.row(key) + calls;
                }
                Set<@Nullable String> possible = allowed.get(key);
                if (source == null && possible != null && !possible.contains(ours)) {
                    return key + " is " + ours + " and not one of " + possible + calls;
                }
            }
            return null;
        } catch (CacheException e) {
            return "it still fails: " + e;
        }
    }

    /** Has this node write; should Redis seem unavailable once more just then, it removes the key. */
    void writeOnceMore() {
        allow(NEAR, "healed");
        allow(NEAR, null);
        here.put(NEAR, "healed");
    }

    /** Returns null if both nodes see that. */
    @Nullable
    String unseenWrite() {
        try {
            return "healed".equals(there.get(NEAR)) && "healed".equals(here.get(NEAR))
                    ? null
                    : "a write is not seen when Redis is back";
        } catch (CacheException e) {
            return "a write is not seen when Redis is back: " + e;
        }
    }

    void complain(String what) {
        complaints.add(name + ": " + what);
    }

    private void require(boolean holds, Supplier<String> what) {
        if (!holds) {
            complain(what.get());
        }
    }

    List<String> complaints() {
        return complaints;
    }
}
