package io.github.tieredjcache.internal.remote.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.push.PushListener;
import io.lettuce.core.api.push.PushMessage;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.pubsub.api.sync.RedisPubSubCommands;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Facts about the servers, on which the coherence of near copies in a Redis Cluster depends: what a tracked connection to a master
 * receives when the master loses a slot, and what the replies of this master prove. No code of the library takes part.
 */
class SlotMoveAnnouncementsIT {
    private static final AtomicInteger TAGS = new AtomicInteger();
    private static RedisCluster redis;
    private static RedisServer from;
    private static RedisServer to;

    private final String tag = unmovedTag();
    private final int slot = redis.slot(tag);
    private final String key = tag + ":key";
    private final String other = tag + ":other";
    private final String absent = tag + ":absent";
    private final TrackedConnection tracked = new TrackedConnection(from.uri());

    @BeforeAll
    static void starts() {
        redis = RedisCluster.start(3, 0);
        from = redis.masters().get(0);
        to = redis.masters().get(1);
        // The first slot gives its new owner the latest epoch; the tests move further slots.
        redis.move(redis.slot(unmovedTag()), to);
    }

    @AfterEach
    void closes() {
        tracked.close();
    }

    @AfterAll
    static void ends() {
        redis.close();
    }

    /** Returns a hash tag whose slot is still at its first owner, and claimed by no other. */
    private static String unmovedTag() {
        String next;
        int number;
        do {
            next = "{" + TAGS.incrementAndGet() + "}";
            number = redis.slot(next);
        } while (redis.owner(number) != from || redis.serves(to, number));
        return next;
    }

    private void fill() {
        from.command("SET", key, "old");
        from.command("SET", other, "old");
        assertEquals("old", tracked.get(key));
        assertEquals("old", tracked.get(other));
        assertEquals("null", tracked.get(absent));
        tracked.awaitPushes();
        tracked.pushes.clear();
    }

    @Test
    void migrateAnnouncesTheKeysThatItMovesAndNoOther() {
        fill();
        redis.beginMove(slot, to);
        assertEquals(List.of(), tracked.awaitPushes(), "the begin of a move announces nothing");
        redis.moveKeys(from, to, List.of(key));
        assertEquals(List.of("invalidate " + key), tracked.awaitPushes());
        assertEquals("old", tracked.get(other), "it has not moved");
        assertTrue(tracked.get(key).startsWith("ASK " + slot));
        redis.moveKeys(slot, from, to);
        assertEquals(List.of("invalidate " + key, "invalidate " + other), tracked.awaitPushes());
        redis.endMove(slot, to);
        to.command("SET", key, "new");
        to.command("SET", absent, "new");
        assertEquals(
                List.of("invalidate " + key, "invalidate " + other),
                tracked.awaitPushes(),
                "the end of a move, a change at the new owner and a key that was absent are not announced");
    }

    @Test
    void slotsThatChangeHandsWithoutTheirKeysAnnounceNothing() {
        fill();
        redis.takeAway(slot, to);
        to.command("SET", key, "new");
        assertEquals(List.of(), tracked.awaitPushes());
    }

    static Stream<Move> moves() {
        List<Move> all = new ArrayList<>(List.of(Move.values()));
        if (!from.list("CLUSTER", "HELP").toString().contains("MIGRATESLOTS")) {
            all.remove(Move.ATOMIC);
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("moves")
    void theOldOwnerTellsTheTimeInTheSameEpochAfterItHasLostASlot(Move move) {
        fill();
        String epoch = epoch();
        move.begin(slot, to);
        Crew.until(() -> tracked.hasLost(key, slot));
        assertFalse(tracked.commands.time().isEmpty());
        assertEquals(epoch, epoch());
    }

    private static String epoch() {
        return String.valueOf(from.command("CLUSTER", "INFO"))
                .lines()
                .filter(line -> line.startsWith("cluster_current_epoch:") || line.startsWith("cluster_my_epoch:"))
                .toList()
                .toString();
    }

    @ParameterizedTest
    @MethodSource("moves")
    void aShardChannelAnnouncesTheLossOfItsSlotBeforeTheFirstRefusal(Move move) {
        fill();
        boolean subscribed = tracked.subscribe(tag);
        move.begin(slot, to);
        Crew.until(() -> tracked.hasLost(key, slot));
        assertEquals(subscribed, tracked.pushes.contains("sunsubscribe " + tag), () -> String.valueOf(tracked.pushes));
    }

    /** A reply about a key of the slot proves no more than that the master believes that it serves the slot. */
    @Test
    void theOldOwnerAnswersForAKeyThatTheNewOwnerHasChanged() {
        // In some attempts the old owner knows in time.
        Crew.until(() -> {
            String next = unmovedTag();
            from.command("SET", next, "old");
            to.command("CLUSTER", "SETSLOT", Integer.toString(redis.slot(next)), "NODE", Move.id(to));
            to.command("SET", next, "new");
            return "old".equals(tracked.get(next));
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aShardChannelAnnouncesAFailoverOnTheConnectionToTheOldMaster(boolean frozen) {
        // So long that no server fails over by itself.
        try (RedisCluster failing = RedisCluster.start(3, 1, "--cluster-node-timeout", "15000")) {
            RedisServer master = failing.masters().get(0);
            RedisServer replica = failing.replicas().get(0);
            master.command("SET", key, "old");
            failing.awaitReplicated(replica);
            try (TrackedConnection connection = new TrackedConnection(master.uri())) {
                boolean subscribed = connection.subscribe(tag);
                assertEquals("old", connection.get(key));
                if (frozen) {
                    master.pause();
                    replica.command("CLUSTER", "FAILOVER", "TAKEOVER");
                } else {
                    replica.command("CLUSTER", "FAILOVER");
                }
                Crew.until(() -> failing.serves(replica, slot));
                replica.command("SET", key, "new");
                if (frozen) {
                    master.resume();
                }
                Crew.until(() -> connection.hasLost(key, slot));
                assertEquals(
                        subscribed,
                        connection.pushes.contains("sunsubscribe " + tag),
                        () -> String.valueOf(connection.pushes));
                assertFalse(connection.commands.time().isEmpty(), "the connection goes on");
            }
        }
    }

    @Test
    void aScriptIsRefusedBeforeItBeginsIfOneOfItsKeysHasMoved() {
        fill();
        redis.beginMove(slot, to);
        String script = "redis.call('SET', KEYS[1], 'new') redis.call('SET', KEYS[2], 'new') return 1";
        // Redis before 7.0, which has no shard channels, leads to the new owner, which has none of the keys that are
        // still here.
        String refusal = tracked.subscribe(tag) ? "TRYAGAIN" : "ASK " + slot;
        assertTrue(tracked.run(script, key, absent).startsWith(refusal));
        assertTrue(tracked.run(script, absent, absent + "2").startsWith("ASK " + slot));
        assertEquals("old", tracked.get(key));
        assertEquals("1", tracked.run(script, key, other));
        assertEquals("new", tracked.get(key));
        redis.moveKeys(slot, from, to);
        redis.endMove(slot, to);
    }

    @Test
    void aScriptIsHalfExecutedIfItUsesAKeyThatItHasDeletedInASlotThatMoves() {
        fill();
        redis.beginMove(slot, to);
        String script = "redis.call('SET', KEYS[1], 'half') redis.call('DEL', KEYS[2]) "
                + "redis.call('EXISTS', KEYS[2]) redis.call('SET', KEYS[1], 'whole') return 1";
        assertTrue(tracked.run(script, key, other).contains("non local key"));
        assertEquals("half", tracked.get(key));
        assertTrue(tracked.get(other).startsWith("ASK " + slot));
        redis.moveKeys(slot, from, to);
        redis.endMove(slot, to);
    }

    /** A way to give a slot to another master. */
    private enum Move {
        MIGRATE {
            @Override
            void begin(int slot, RedisServer to) {
                redis.move(slot, to);
            }
        },
        /** The keys stay where they are; the old owner hears of it by gossip. */
        CLAIM {
            @Override
            void begin(int slot, RedisServer to) {
                // Only who imports a slot tells the others at once that it has it.
                to.command("CLUSTER", "SETSLOT", Integer.toString(slot), "IMPORTING", id(from));
                to.command("CLUSTER", "SETSLOT", Integer.toString(slot), "NODE", id(to));
            }
        },
        /** The keys stay where they are. */
        TAKE_AWAY {
            @Override
            void begin(int slot, RedisServer to) {
                redis.takeAway(slot, to);
            }
        },
        /** Valkey 9 moves whole slots. */
        ATOMIC {
            @Override
            void begin(int slot, RedisServer to) {
                String number = Integer.toString(slot);
                from.command("CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", number, number, "NODE", id(to));
            }
        };

        /** Begins the move; the old owner loses the slot then or soon. */
        abstract void begin(int slot, RedisServer to);

        static String id(RedisServer server) {
            return String.valueOf(server.command("CLUSTER", "MYID"));
        }
    }

    /** A connection to the old owner, with client tracking; notes what it receives out of band, in the order of the stream. */
    private static final class TrackedConnection implements AutoCloseable {
        private final List<String> pushes = new CopyOnWriteArrayList<>();
        private final RedisClient client;
        private final RedisPubSubCommands<String, String> commands;

        TrackedConnection(String uri) {
            client = RedisClient.create(uri);
            StatefulRedisPubSubConnection<String, String> connection = client.connectPubSub();
            PushListener listener = this::note;
            connection.addListener(listener);
            commands = connection.sync();
            commands.clientTracking(TrackingArgs.Builder.enabled());
        }

        private void note(PushMessage message) {
            List<Object> content = message.getContent();
            if (content.size() < 2 || !(content.get(1) instanceof List<?> keys)) {
                pushes.add(message.getType() + " " + text(content.size() < 2 ? null : content.get(1)));
            } else {
                keys.forEach(each -> pushes.add(message.getType() + " " + text(each)));
            }
        }

        private static String text(@Nullable Object element) {
            return element instanceof ByteBuffer bytes
                    ? UTF_8.decode(bytes.duplicate()).toString()
                    : String.valueOf(element);
        }

        /** Subscribes to a shard channel; returns false if the server has none, as Redis before 7.0. */
        boolean subscribe(String channel) {
            try {
                commands.ssubscribe(channel);
                return true;
            } catch (RedisCommandExecutionException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("unknown command"), e::toString);
                return false;
            }
        }

        /** Returns what was received until a reply came that the server sent now. */
        List<String> awaitPushes() {
            assertFalse(commands.time().isEmpty());
            return List.copyOf(pushes);
        }

        /** Returns the value of a key, {@code null} as text, or the error that the server replies. */
        String get(String key) {
            return reply(() -> commands.get(key));
        }

        boolean hasLost(String key, int slot) {
            return get(key).startsWith("MOVED " + slot);
        }

        String run(String script, String... keys) {
            return reply(() -> commands.eval(script, ScriptOutputType.INTEGER, keys));
        }

        private static String reply(Supplier<@Nullable Object> command) {
            try {
                return String.valueOf(command.get());
            } catch (RedisCommandExecutionException e) {
                return String.valueOf(e.getMessage());
            }
        }

        @Override
        public void close() {
            client.shutdown(0, 0, TimeUnit.MILLISECONDS);
        }
    }
}
