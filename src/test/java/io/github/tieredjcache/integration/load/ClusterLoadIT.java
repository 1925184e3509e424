package io.github.tieredjcache.integration.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.ChildProcess;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One cold key, several processes: who loads, and what becomes of the load of a process that dies or is paused. */
class ClusterLoadIT {
    private static final int NODES = 4;
    private static final int THREADS = 64;
    private static final int ROUNDS = 10;

    // Shared by the tests: a process takes long to start.
    private static final List<ChildProcess> processes = new ArrayList<>();
    private static RedisServer redis;
    private static CountedSource source;
    private static Node node;
    private static Cache<String, String> here;
    private static Node bystander;
    /** Shows what Redis holds, and nothing else. */
    private static Cache<String, String> witness;

    private boolean passed;

    @BeforeAll
    static void starts() throws IOException {
        redis = RedisServer.startLocal();
        start(NODES);
        source = new CountedSource(redis.uri());
        node = new Node(redis);
        here = LoadingNode.cache(node, source);
        bystander = new Node(redis);
        witness = bystander.cache(
                LoadingNode.CACHE, String.class, String.class, settings -> settings.nearTimeToLive(Duration.ZERO));
    }

    /** A process with unread output is of no use to other tests. */
    @AfterEach
    void discardsAfterAFailure() throws IOException, InterruptedException {
        if (!passed) {
            for (ChildProcess each : processes) {
                each.kill();
                each.close();
            }
            processes.clear();
        }
    }

    @AfterAll
    static void ends() throws IOException {
        // All at once, and then each is waited for.
        processes.forEach(each -> each.send("end"));
        node.close();
        bystander.close();
        source.close();
        for (ChildProcess each : processes) {
            each.close();
        }
        processes.clear();
        redis.close();
    }

    @Test
    @Covers(FaultRow.F99)
    void aColdKeyRequestedByAllThreadsOfAllProcessesIsLoadedOnce() throws IOException {
        start(NODES);
        List<Long> firstMicros = new ArrayList<>();
        List<Long> micros = new ArrayList<>();
        CommandCounts counts = null;
        for (int round = 0; round <= ROUNDS; round++) {
            String key = "cold" + round;
            for (ChildProcess each : processes) {
                each.send("assemble-patiently " + key + " " + THREADS);
                assertEquals("assembled", each.receive());
            }
            List<Crowd.Answer> answers = new ArrayList<>();
            counts = CommandCounts.during(redis, () -> answers.addAll(allGo()));
            assertEquals(NODES * THREADS, answers.size());
            assertEquals(Set.of("load 1"), values(answers));
            assertEquals("1", loads(key));
            (round == 0 ? firstMicros : micros)
                    .addAll(answers.stream().map(Crowd.Answer::micros).toList());
        }
        System.out.printf(
                "a cold key, %d processes of %d threads, a load takes %d ms: 1 source call. The first time, without warm-up: %s;"
                        + " %d times after that: %s; the last time Redis executed %s%n",
                NODES,
                THREADS,
                CountedSource.LOAD_TIME.toMillis(),
                waits(firstMicros),
                ROUNDS,
                waits(micros),
                counts.without("ping", "info", "incr"));
        passed = true;
    }

    @Test
    @Covers(FaultRow.F69)
    void aLoadOfAKilledProcessIsTakenOverByOneOther() throws Exception {
        start(2);
        ChildProcess holder = processes.get(0);
        ChildProcess other = processes.get(1);
        hold(holder, "killed");
        Crowd crowd = sendInCrowds(other, "killed");
        // The right has been renewed by now.
        pause(LoadingNode.LEASE.multipliedBy(3).dividedBy(2));
        assertEquals("1", loads("killed"));
        processes.remove(holder);
        long killed = System.nanoTime();
        holder.kill();
        assertEquals(Set.of("load 2"), values(crowd.answers()));
        assertEquals(Set.of("load 2"), values(heard(other)));
        printWait("killed", killed);
        holder.close();
        assertEquals("load 2", witness.get("killed"));
        assertEquals("2", loads("killed"));
        passed = true;
    }

    @Test
    @Covers(FaultRow.F66)
    void theLateLoadOfAPausedProcessDoesNotReplaceALaterLoad() throws Exception {
        start(2);
        ChildProcess holder = processes.get(0);
        ChildProcess other = processes.get(1);
        hold(holder, "stopped");
        holder.stop();
        long stopped = System.nanoTime();
        Crowd crowd = sendInCrowds(other, "stopped");
        assertEquals(Set.of("load 2"), values(crowd.answers()));
        assertEquals(Set.of("load 2"), values(heard(other)));
        printWait("stopped", stopped);
        holder.resume();
        holder.send("release");
        // Its caller had asked long before.
        assertEquals("load 1", holder.receive());
        for (ChildProcess each : List.of(holder, other)) {
            each.send("get stopped");
            assertEquals("load 2", each.receive());
        }
        assertEquals("load 2", here.get("stopped"));
        assertEquals("load 2", witness.get("stopped"));
        assertEquals("2", loads("stopped"));
        passed = true;
    }

    /** Starts processes until there are so many. */
    private static void start(int count) throws IOException {
        List<ChildProcess> started = new ArrayList<>();
        while (processes.size() < count) {
            ChildProcess process = new ChildProcess(LoadingNode.class, redis.uri());
            processes.add(process);
            started.add(process);
        }
        for (ChildProcess each : started) {
            assertEquals("ready", each.receive());
        }
    }

    private static void hold(ChildProcess holder, String key) throws IOException {
        holder.send("hold " + key);
        assertEquals("holding", holder.receive());
    }

    /** Has many threads of another process and of this one ask for a key. */
    private static Crowd sendInCrowds(ChildProcess process, String key) throws IOException {
        process.send("assemble " + key + " " + THREADS);
        assertEquals("assembled", process.receive());
        process.send("go");
        Crowd crowd = new Crowd(here, key, THREADS);
        crowd.go();
        return crowd;
    }

    private static List<Crowd.Answer> allGo() {
        try {
            processes.forEach(each -> each.send("go"));
            List<Crowd.Answer> answers = new ArrayList<>();
            for (ChildProcess each : processes) {
                answers.addAll(heard(each));
            }
            return answers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Crowd.Answer> heard(ChildProcess process) throws IOException {
        List<Crowd.Answer> answers = new ArrayList<>();
        for (String line : process.receiveUntil("done")) {
            int space = line.indexOf(' ');
            answers.add(new Crowd.Answer(line.substring(space + 1), Long.parseLong(line.substring(0, space))));
        }
        return answers;
    }

    private static Set<String> values(List<Crowd.Answer> answers) {
        return answers.stream().map(Crowd.Answer::value).collect(Collectors.toSet());
    }

    private static String loads(String key) {
        return redis.command("GET", CountedSource.counter(key));
    }

    private static String waits(List<Long> micros) {
        micros.sort(null);
        return "median wait %.1f ms, p99 %.1f, slowest %.1f"
                .formatted(
                        micros.get(micros.size() / 2) / 1e3,
                        micros.get((int) (micros.size() * 0.99)) / 1e3,
                        micros.get(micros.size() - 1) / 1e3);
    }

    private static void printWait(String what, long sinceNanos) {
        System.out.printf(
                "a process was %s while it loaded: %d threads of 2 others had their value after %d ms, the lease is %d ms and a"
                        + " load takes %d%n",
                what,
                2 * THREADS,
                Duration.ofNanos(System.nanoTime() - sinceNanos).toMillis(),
                LoadingNode.LEASE.toMillis(),
                CountedSource.LOAD_TIME.toMillis());
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        Crew.until(() -> System.nanoTime() - end >= 0);
    }
}
