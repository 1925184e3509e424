package io.github.tieredjcache.integration.history;

import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What happens to one Redis, and between it and each node; all is well again when {@link #untilEnd} returns. */
final class OutageFaults {
    private static final int PAUSE_MAX_MILLIS = 400;

    /** The kinds of faults. */
    enum Kind {
        CUT,
        BLACK_HOLE,
        REFUSAL,
        FREEZE,
        RESTART_WITH_DATA,
        RESTART_EMPTY,
        CLIENT_KILL
    }

    private final RedisServer redis;
    private final List<FaultProxy> proxies;
    private final Path folder;
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private final StringBuilder log = new StringBuilder();

    /**
     * Begins with no fault.
     *
     * @param proxies one for each node
     */
    OutageFaults(RedisServer redis, List<FaultProxy> proxies) {
        this.redis = redis;
        this.proxies = proxies;
        this.folder = Path.of(redis.list("CONFIG", "GET", "dir").get(1));
    }

    /** Makes one fault after the other, until a time. */
    void untilEnd(SplittableRandom random, long endNanos) {
        log.setLength(0);
        long beganNanos = System.nanoTime();
        while (System.nanoTime() < endNanos) {
            sleep(random.nextInt(PAUSE_MAX_MILLIS));
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            counts.merge(kind, 1, Integer::sum);
            long from = System.nanoTime();
            int place = random.nextInt(proxies.size());
            make(kind, proxies.get(place), random);
            log.append(String.format(
                    "%s of node %d from %d to %d ms; ",
                    kind,
                    place,
                    TimeUnit.NANOSECONDS.toMillis(from - beganNanos),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos)));
        }
    }

    private void make(Kind kind, FaultProxy proxy, SplittableRandom random) {
        switch (kind) {
            case CUT -> proxy.reset();
            case BLACK_HOLE -> {
                blackHole(proxy, random);
                sleep(random.nextInt(300, 2_000));
                proxy.toServer().forward();
                proxy.fromServer().forward();
            }
            case REFUSAL -> {
                proxy.refuse();
                proxy.reset();
                sleep(random.nextInt(100, 1_500));
                proxy.accept();
            }
            case FREEZE -> {
                redis.pause();
                sleep(random.nextInt(300, 1_500));
                redis.resume();
            }
            case RESTART_WITH_DATA -> restart(random);
            case RESTART_EMPTY -> {
                redis.kill();
                deleteData();
                restart(random);
            }
            case CLIENT_KILL -> redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        }
    }

    private static void blackHole(FaultProxy proxy, SplittableRandom random) {
        int direction = random.nextInt(3);
        boolean holds = random.nextBoolean();
        if (direction != 1) {
            if (holds) {
                proxy.toServer().hold();
            } else {
                proxy.toServer().drop();
            }
        }
        if (direction != 0) {
            if (holds) {
                proxy.fromServer().hold();
            } else {
                proxy.fromServer().drop();
            }
        }
    }

    private void restart(SplittableRandom random) {
        redis.kill();
        sleep(random.nextInt(2) * random.nextInt(1_000));
        redis.restart();
    }

    private void deleteData() {
        // A folder of files, and before Redis 7.0 a file.
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
                if (folder.relativize(each).startsWith("appendonlydir") || each.endsWith("appendonly.aof")) {
                    Files.delete(each);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete what Redis has in " + folder, e);
        }
    }

    private static void sleep(int millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Returns how often there was which. */
    Map<Kind, Integer> counts() {
        return counts;
    }

    /** Returns what happened until the last end. */
    String log() {
        return log.toString();
    }
}
