package io.github.tieredjcache.integration.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Attempt;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.HeldValue;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Rows;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryCreatedListener;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.CacheEntryExpiredListener;
import javax.cache.event.CacheEntryUpdatedListener;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.processor.EntryProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Entry processors that share a lease and its commit, when something goes wrong with one of them. Each test holds the key first, so
 * that all calls which follow wait for it together.
 */
class SharedCommitIT {
    private static final String KEY = "k";
    /** More than a call waits for those behind it before it commits what has been done so far. */
    private static final Duration PATIENCE_OF_A_CALL = Duration.ofMillis(10);

    private final FakeClock clock = new FakeClock();
    private final RedisServer redis = RedisServer.startLocal();
    private final Node node = new Node(redis);
    // Its clock does not advance: a call waits for those behind it, and lets others join it, as long as the test needs.
    private final Node patient = new Node(redis, clock);
    private final Node other = new Node(redis);
    private final CountDownLatch holds = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    @AfterEach
    void closes() {
        node.close();
        patient.close();
        other.close();
        redis.close();
    }

    @Test
    void aValueSharedByReferenceIsStoredAsTheLastCallLeftIt() throws Exception {
        Cache<String, Numbers> cache =
                node.cache("references", String.class, Numbers.class, settings -> settings.storeByValue(false));
        AtomicInteger next = new AtomicInteger();
        Crew.together(8, () -> {
            for (int i = 0; i < 25; i++) {
                cache.invoke(KEY, (entry, arguments) -> {
                    Numbers numbers = entry.exists() ? entry.getValue() : new Numbers();
                    numbers.all.add(next.incrementAndGet());
                    entry.setValue(numbers);
                    return null;
                });
            }
            return null;
        });
        Cache<String, Numbers> there = other.cache("references", String.class, Numbers.class, settings -> settings);
        assertEquals(200, there.get(KEY).all.size());
    }

    @Test
    void afterAnEarlyCommitOfUnknownOutcomeTheSourceDecides() throws Exception {
        Rows rows = new Rows();
        rows.all.put(KEY, "v0");
        Cache<String, String> here = rows.cache(patient);
        Cache<String, String> there = rows.cache(other);
        assertEquals("v0", there.get(KEY));
        Crew.Member<Void> holder = hold(here);
        CountDownLatch secondRuns = new CountDownLatch(1);
        CountDownLatch secondMayEnd = new CountDownLatch(1);
        // 1. the first of two calls has done its work and called the writer, the second one is slow
        var first = invoke(here, (entry, arguments) -> {
            entry.setValue("v1");
            return null;
        });
        var second = invoke(here, (entry, arguments) -> {
            // 2. from here on Redis takes no writes until the test says so, longer than a command may take
            redis.command("CLIENT", "PAUSE", "600000", "WRITE");
            secondRuns.countDown();
            Crew.await(secondMayEnd);
            entry.setValue("v2");
            return null;
        });
        mayEnd.countDown();
        holder.result();
        Crew.await(secondRuns);
        // 3. the first one does not want to wait any longer, commits, and gets no answer
        untilItDoesNotWait(first);
        assertThrows(CacheException.class, first::result);
        redis.command("CLIENT", "UNPAUSE");
        // 4. the second one has seen what the first one did, so it must not continue
        secondMayEnd.countDown();
        assertThrows(CacheException.class, second::result);
        assertEquals("v1", rows.all.get(KEY));
        Crew.until(() -> "v1".equals(there.get(KEY)));
        // By its clock Redis was silent for long, so it is probed first.
        Crew.until(() -> Attempt.succeeds(() -> here.containsKey(KEY)));
        assertEquals("v1", here.get(KEY));
    }

    @Test
    void afterARefusedEarlyRemovalTheSourceDecides() throws Exception {
        Rows rows = new Rows();
        rows.all.put(KEY, "v0");
        Cache<String, String> here = rows.cache(patient);
        Cache<String, String> there = rows.cache(other);
        assertEquals("v0", there.get(KEY));
        Crew.Member<Void> holder = hold(here);
        CountDownLatch secondRuns = new CountDownLatch(1);
        CountDownLatch secondMayEnd = new CountDownLatch(1);
        var first = invoke(here, (entry, arguments) -> {
            entry.remove();
            return null;
        });
        var second = invoke(here, (entry, arguments) -> {
            redis.command("CONFIG", "SET", "maxmemory", "1");
            secondRuns.countDown();
            Crew.await(secondMayEnd);
            return null;
        });
        mayEnd.countDown();
        holder.result();
        Crew.await(secondRuns);
        untilItDoesNotWait(first);
        assertThrows(CacheException.class, first::result);
        redis.command("CONFIG", "SET", "maxmemory", "0");
        secondMayEnd.countDown();
        assertThrows(CacheException.class, second::result);
        assertNull(rows.all.get(KEY));
        assertNull(there.get(KEY));
    }

    @Test
    void aValueThatReplacesAnUndecodableOneIsKeptByAReadOnlyCall() throws Exception {
        Cache<String, String> here = node.strings("garbage");
        Cache<String, String> there = other.strings("garbage");
        Crew.Member<Void> holder = hold(here);
        there.put(KEY, "what another version of the application stores here");
        redis.command(
                "SETRANGE", EntryKeys.redisKey(redis, "garbage", KEY), "28", "\u0001\u0002\u0003\u0004\u0005\u0006");
        CountDownLatch firstReturned = new CountDownLatch(1);
        var first = Crew.run(() -> {
                    here.invoke(KEY, (entry, arguments) -> {
                        entry.setValue("v1");
                        return null;
                    });
                    firstReturned.countDown();
                })
                .untilItWaits();
        var second = invoke(here, (entry, arguments) -> {
            Crew.await(firstReturned);
            return entry.getValue();
        });
        mayEnd.countDown();
        holder.result();
        first.result();
        assertEquals("v1", second.result());
        assertEquals("v1", there.get(KEY));
    }

    @Test
    void anInterruptOfTheCommittingCallDoesNotAffectTheOthers() throws Exception {
        Cache<String, String> cache = node.strings("interrupted");
        cache.put(KEY, "");
        Crew.Member<Void> holder = hold(cache);
        List<Crew.Member<Object>> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int me = i;
            calls.add(invoke(cache, (entry, arguments) -> {
                entry.setValue(entry.getValue() + me);
                if (me == 4) {
                    Thread.currentThread().interrupt();
                }
                return null;
            }));
        }
        mayEnd.countDown();
        holder.result();
        for (int i = 0; i < 4; i++) {
            calls.get(i).result();
        }
        // It may have come too late for their commit and have one of its own; an interrupted one may say that it does
        // not know.
        Crew.until(calls.get(4)::isDone);
        assertEquals("01234", cache.get(KEY));
    }

    @Test
    void eventsOfCallsThatShareACommitAreDeliveredInOrder() throws Exception {
        Recorder recorder = new Recorder();
        Cache<String, String> cache = patient.cache(
                "events",
                String.class,
                String.class,
                settings -> settings.listener(
                        new MutableCacheEntryListenerConfiguration<>(() -> recorder, null, false, true)));
        Crew.Member<Void> holder = hold(cache);
        List<Crew.Member<Object>> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int me = i;
            calls.add(invoke(cache, (entry, arguments) -> {
                entry.setValue((entry.exists() ? entry.getValue() : "") + me);
                return null;
            }));
        }
        mayEnd.countDown();
        holder.result();
        for (Crew.Member<Object> each : calls) {
            each.result();
        }
        assertEquals(
                List.of("CREATED 0", "UPDATED 01", "UPDATED 012", "UPDATED 0123", "UPDATED 01234"), recorder.heard);
    }

    @Test
    void withoutInvalidationsAReadAfterAnEarlyCommitJoinsNoEarlierFetch() throws Exception {
        redis.command("ACL", "SETUSER", "default", "-client");
        try (Node deaf = new Node(redis)) {
            Cache<String, HeldValue> cache = deaf.cache(
                    "deaf", String.class, HeldValue.class, settings -> settings.stalenessBound(Duration.ofMinutes(10)));
            cache.put(KEY, new HeldValue("old"));
            Crew.Member<Void> holder = hold(cache);
            CountDownLatch secondMayEnd = new CountDownLatch(1);
            var first = invoke(cache, (entry, arguments) -> {
                entry.setValue(new HeldValue("mine"));
                return null;
            });
            var second = invoke(cache, (entry, arguments) -> {
                Crew.await(secondMayEnd);
                return null;
            });
            HeldValue.Gate gate = new HeldValue.Gate("old");
            Crew.Member<HeldValue> before = gate.hold(() -> cache.get(KEY));
            mayEnd.countDown();
            holder.result();
            first.result();
            Crew.Member<HeldValue> after = Crew.start(() -> cache.get(KEY)).untilItWaits();
            gate.open();
            secondMayEnd.countDown();
            before.result();
            second.result();
            assertEquals(new HeldValue("mine"), after.result());
        }
    }

    @Test
    void aSlowListenerDoesNotPreventTheRenewalOfALease() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CacheEntryExpiredListener<String, String> slow = events -> {
            told.countDown();
            Crew.await(goOn);
        };
        var moment = new javax.cache.expiry.Duration(TimeUnit.MILLISECONDS, 10);
        Cache<String, String> near = node.cache(
                "near",
                String.class,
                String.class,
                settings -> settings.redisUri("")
                        .expiry(CreatedExpiryPolicy.factoryOf(moment))
                        .listener(new MutableCacheEntryListenerConfiguration<>(() -> slow, null, false, true)));
        Duration lease = Duration.ofSeconds(6);
        Cache<String, String> cache = node.cache(
                "renewed", String.class, String.class, settings -> settings.with(TieredSetting.WRITE_LEASE, lease));
        near.put("expires", "and is found by the sweep");
        Crew.await(told);
        try {
            cache.invoke(KEY, (entry, arguments) -> {
                String end = leaseEnd("renewed");
                Crew.until(() -> !leaseEnd("renewed").equals(end));
                entry.setValue("v");
                return null;
            });
        } finally {
            goOn.countDown();
        }
        assertEquals("v", cache.get(KEY));
    }

    /** Returns when the lease of the key ends, in the bytes that Redis has for it. */
    private String leaseEnd(String cache) {
        return redis.command("GETRANGE", EntryKeys.redisKey(redis, cache, KEY), "44", "51");
    }

    /** Holds the key until the test opens the latch. */
    private <V> Crew.Member<Void> hold(Cache<String, V> cache) {
        Crew.Member<Void> holder = Crew.run(() -> cache.invoke(KEY, (entry, arguments) -> {
            holds.countDown();
            Crew.await(mayEnd);
            return null;
        }));
        Crew.await(holds);
        return holder;
    }

    /** Has a call lose its patience, whenever it begins to wait. */
    private void untilItDoesNotWait(Crew.Member<Object> call) {
        Crew.until(() -> {
            clock.advance(PATIENCE_OF_A_CALL);
            return call.isDone();
        });
    }

    /** Calls a processor that waits for the key with the others. */
    private static <V> Crew.Member<Object> invoke(Cache<String, V> cache, EntryProcessor<String, V, Object> processor) {
        return Crew.<Object>start(() -> cache.invoke(KEY, processor)).untilItWaits();
    }

    /** A value that can change. */
    private static final class Numbers implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        private final ArrayList<Integer> all = new ArrayList<>();
    }

    /** Records the events. */
    private static final class Recorder
            implements CacheEntryCreatedListener<String, String>, CacheEntryUpdatedListener<String, String> {
        private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void onCreated(Iterable<CacheEntryEvent<? extends String, ? extends String>> events) {
            events.forEach(event -> heard.add(event.getEventType() + " " + event.getValue()));
        }

        @Override
        public void onUpdated(Iterable<CacheEntryEvent<? extends String, ? extends String>> events) {
            onCreated(events);
        }
    }
}
