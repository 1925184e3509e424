package io.github.tieredjcache.integration.outage;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/** One fault, met by all operations at once, known to all of them, and healed. */
final class OutageRound {
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final OutageFault fault;
    private final OutageWaits waits;
    private final List<OutageCell> cells = new ArrayList<>();
    private @Nullable Throwable failure;
    private boolean known = true;

    OutageRound(OutageFault fault, OutageWaits waits) {
        this.fault = fault;
        this.waits = waits;
    }

    OutageFault fault() {
        return fault;
    }

    /** Runs it; what goes wrong is in its cells then. */
    void run() {
        long began = System.nanoTime();
        try (OutageSite site = new OutageSite()) {
            run(site);
        } catch (Exception | Error e) {
            failure = e;
        }
        System.out.printf("%s: %d ms%n", fault, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    }

    private void run(OutageSite site) throws Exception {
        for (OutageOperation operation : OutageOperation.values()) {
            for (OutagePolicy policy : OutagePolicy.values()) {
                for (boolean sourced : new boolean[] {false, true}) {
                    cells.add(new OutageCell(site, fault, operation, policy, sourced, false));
                    cells.add(new OutageCell(site, fault, operation, policy, sourced, true));
                }
            }
        }
        seed(site);
        CountDownLatch hit = start(false);
        fault.apply(site);
        hit.countDown();
        join(false, site);
        switch (fault.severity) {
            case AWAY -> known = site.isKnownToBeAway();
            case NONE, PASSING -> site.untilAnswered();
            case REFUSING -> {}
        }
        writeThere();
        start(true).countDown();
        join(true, site);
        fault.heal(site);
        site.untilAnswered();
        settle(site);
    }

    /** Fills all caches; again if Redis seemed unavailable meanwhile, because that drops the near copies. */
    private void seed(OutageSite site) {
        long outages;
        do {
            outages = site.outages();
            cells.forEach(OutageCell::seed);
        } while (site.outages() != outages);
    }

    /** All at once: where Redis does not answer each of them waits for as long as a call may. */
    private void writeThere() throws Exception {
        List<Crew.Member<Void>> writing =
                cells.stream().map(cell -> Crew.run(cell::writeThere)).toList();
        for (Crew.Member<Void> each : writing) {
            each.result();
        }
    }

    private CountDownLatch start(boolean later) {
        CountDownLatch go = new CountDownLatch(1);
        of(later, cell -> cell.start(go));
        return go;
    }

    private void join(boolean later, OutageSite site) {
        of(later, cell -> cell.join(waits));
        of(later, cell -> cell.judge(site));
    }

    private void of(boolean later, Consumer<OutageCell> action) {
        cells.stream().filter(each -> each.isLater() == later).forEach(action);
    }

    /** Checks it all again if Redis seemed unavailable meanwhile: the machine may have been paused. */
    private void settle(OutageSite site) {
        cells.forEach(OutageCell::allowTheirs);
        Map<OutageCell, String> wrong;
        long outages;
        do {
            site.untilAnswered();
            outages = site.outages();
            wrong = whatIsNotSettled();
        } while (!wrong.isEmpty() && site.outages() != outages);
        wrong.forEach(OutageCell::complain);
    }

    private Map<OutageCell, String> whatIsNotSettled() {
        List<OutageCell> settled = new ArrayList<>(
                cells.stream().filter(each -> each.complaints().isEmpty()).toList());
        Map<OutageCell, String> wrong = until(settled, OutageCell::disagreement);
        settled.removeAll(wrong.keySet());
        for (OutageCell each : settled) {
            // What has been settled stays so.
            String later = each.disagreement();
            if (later != null) {
                wrong.put(each, "after it had been settled: " + later);
            }
        }
        settled.removeAll(wrong.keySet());
        for (OutageCell each : settled) {
            try {
                each.writeOnceMore();
            } catch (CacheException e) {
                wrong.put(each, "it does not write when Redis is back: " + e);
            }
        }
        settled.removeAll(wrong.keySet());
        wrong.putAll(until(settled, OutageCell::unseenWrite));
        return wrong;
    }

    /** Returns what is wrong with cells with which something is when patience is at its end. */
    private static Map<OutageCell, String> until(
            List<OutageCell> cells, Function<OutageCell, @Nullable String> complaint) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        Map<OutageCell, String> wrong = new HashMap<>();
        List<OutageCell> left = cells;
        do {
            wrong.clear();
            for (OutageCell each : left) {
                String what = complaint.apply(each);
                if (what != null) {
                    wrong.put(each, what);
                }
            }
            left = List.copyOf(wrong.keySet());
            LockSupport.parkNanos(1_000_000);
        } while (!wrong.isEmpty() && System.nanoTime() - deadline < 0);
        return wrong;
    }

    /** Returns whether it was noticed, if it has taken all answers away. */
    boolean isKnown() {
        return known;
    }

    /** Returns what was wrong with an operation. */
    List<String> complaints(OutageOperation operation, OutagePolicy policy, boolean sourced) {
        if (failure != null) {
            throw new AssertionError("the round of " + fault + " has failed", failure);
        }
        return cells.stream()
                .filter(each -> each.operation() == operation && each.policy() == policy && each.isSourced() == sourced)
                .flatMap(each -> each.complaints().stream())
                .toList();
    }
}
