package io.github.tieredjcache.testkit;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a server of a Redis Cluster says of itself and of the others. */
final class ClusterNode {
    static final int SLOTS = 16_384;

    /** In a line of CLUSTER NODES the words before the slots. */
    private static final int WORDS_BEFORE_SLOTS = 8;

    private ClusterNode() {}

    /** Gives slots that nobody serves to a server; each by itself, since Redis 6.2 knows no ADDSLOTSRANGE. */
    static void addSlots(RedisServer server, int from, int to) {
        Stream<String> slots = IntStream.range(from, to).mapToObj(Integer::toString);
        server.command(Stream.concat(Stream.of("CLUSTER", "ADDSLOTS"), slots).toArray(String[]::new));
    }

    /** Returns the arguments of a server of a cluster, those that are given last, so that they win. */
    static String[] arguments(List<String> arguments, boolean failsOver) {
        List<String> all = new ArrayList<>(List.of(
                "--cluster-enabled",
                "yes",
                "--cluster-node-timeout",
                // Where nobody is to take over, a busy machine must not bring the cluster down.
                failsOver ? "1000" : "15000",
                "--cluster-require-full-coverage",
                "no",
                // What a replica has is never too old to take over.
                "--cluster-replica-validity-factor",
                "0",
                "--repl-diskless-sync-delay",
                "0"));
        all.addAll(arguments);
        int password = arguments.lastIndexOf("--requirepass");
        if (password >= 0) {
            all.addAll(List.of("--masterauth", arguments.get(password + 1)));
        }
        return all.toArray(String[]::new);
    }

    /** Returns the id of a server. */
    static String id(RedisServer server) {
        return String.valueOf(server.command("CLUSTER", "MYID"));
    }

    /** Returns the slots that a server says that it serves, as a master; none if it does not answer. */
    static SlotRanges slots(RedisServer server) {
        return new SlotRanges(lines(server)
                .filter(ClusterNode::isOfAMasterItself)
                .flatMap(ClusterNode::slots)
                .toList());
    }

    /** Returns whether a server answers. */
    static boolean answers(RedisServer server) {
        return lines(server).findAny().isPresent();
    }

    /** Returns whether a server answers, and says that it is a master. */
    static boolean isMaster(RedisServer server) {
        return lines(server).anyMatch(ClusterNode::isOfAMasterItself);
    }

    private static boolean isOfAMasterItself(String line) {
        return line.contains("myself,master");
    }

    /** Returns the slots that, as a server says, another one serves. */
    static SlotRanges slotsOf(String id, RedisServer server) {
        return new SlotRanges(lines(server)
                .filter(line -> line.startsWith(id))
                .flatMap(ClusterNode::slots)
                .toList());
    }

    private static Stream<String> slots(String line) {
        return Arrays.stream(line.split(" ", -1)).skip(WORDS_BEFORE_SLOTS);
    }

    /** Returns the keys of a server that match a pattern, each with its slot. */
    static Map<String, Integer> keys(RedisServer server, String pattern) {
        Map<String, Integer> slots = new HashMap<>();
        List<@Nullable String> keys = server.list("KEYS", pattern);
        try (RespConnection connection = RespConnection.open(server.address(), RespConnection.TIMEOUT)) {
            for (String key : keys.stream().map(String::valueOf).toList()) {
                slots.put(key, ((Long) connection.call("CLUSTER", "KEYSLOT", key)).intValue());
            }
        }
        return slots;
    }

    /** Returns the keys that match a pattern at a server that serves their slots, each with its slot. */
    static Map<String, Integer> servedKeys(RedisServer server, String pattern) {
        SlotRanges served = slots(server);
        if (served.isEmpty()) {
            return Map.of();
        }
        Map<String, Integer> keys = keys(server, pattern);
        keys.values().removeIf(slot -> !served.contains(slot));
        return keys;
    }

    /** Returns whether a server has taken a slot that nobody serves; not while it still receives that the earlier owner served it. */
    static boolean takes(RedisServer server, String slot) {
        try {
            server.command("CLUSTER", "DELSLOTS", slot);
        } catch (IllegalStateException e) {
            // It has received by now that nobody serves it.
        }
        try {
            server.command("CLUSTER", "ADDSLOTS", slot);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Returns whether a server answers, and says that it is a replica of another one. */
    static boolean isReplicaOf(String masterId, RedisServer server) {
        return lines(server).anyMatch(line -> line.contains("myself,slave " + masterId));
    }

    /** Returns whether a server knows so many servers, and an owner of each slot. */
    static boolean isComplete(RedisServer server, int servers) {
        String info = String.valueOf(server.command("CLUSTER", "INFO"));
        return info.contains("cluster_state:ok")
                && info.contains("cluster_slots_ok:" + SLOTS)
                && info.contains("cluster_known_nodes:" + servers);
    }

    /**
     * Returns whether all servers say that one of them serves slots, and know the same epoch. One that gets another slot next without
     * knowing the latest epoch would take none that is greater, and lose that slot again; one that still believes to serve a slot would
     * take it back with that greater epoch.
     */
    static boolean agree(List<RedisServer> servers, Collection<Integer> slots, String ownerId) {
        return servers.stream()
                        .map(each -> slotsOf(ownerId, each))
                        .allMatch(its -> slots.stream().allMatch(its::contains))
                && servers.stream().map(ClusterNode::currentEpoch).distinct().count() == 1;
    }

    private static String currentEpoch(RedisServer server) {
        try {
            return String.valueOf(server.command("CLUSTER", "INFO"))
                    .lines()
                    .filter(line -> line.startsWith("cluster_current_epoch:"))
                    .collect(Collectors.joining());
        } catch (UncheckedIOException e) {
            return "no answer";
        }
    }

    /** Returns how many replicas a server knows. */
    static long replicasKnownBy(RedisServer server) {
        return lines(server).filter(line -> line.contains("slave")).count();
    }

    /** Returns whether a server knows that another one is a replica of a third. */
    static boolean knows(RedisServer server, RedisServer replica, RedisServer master) {
        String id = id(replica);
        String masterId = id(master);
        return lines(server).anyMatch(line -> line.startsWith(id) && line.contains("slave") && line.contains(masterId));
    }

    /** Returns what a server says of all; nothing if it does not answer. */
    private static Stream<String> lines(RedisServer server) {
        try {
            return String.valueOf(server.command("CLUSTER", "NODES")).lines();
        } catch (UncheckedIOException e) {
            return Stream.empty();
        }
    }

    /** Returns whether a server has the data of another one, and goes on receiving it. */
    static boolean follows(RedisServer replica, RedisServer master) {
        String replication = RedisInfo.of(replica, "replication");
        return replication.contains("role:slave")
                && replication.contains("master_port:" + master.port() + "\r")
                && replication.contains("master_link_status:up");
    }

    /**
     * Some slots.
     *
     * @param words the slots as CLUSTER NODES has them; one that is on its way is in brackets, and none of these
     */
    record SlotRanges(List<String> words) {
        boolean isEmpty() {
            return words.isEmpty();
        }

        List<Integer> all() {
            return IntStream.range(0, SLOTS).filter(this::contains).boxed().toList();
        }

        boolean contains(int slot) {
            return words.stream().anyMatch(word -> isIn(slot, word));
        }

        private static boolean isIn(int slot, String word) {
            if (word.startsWith("[")) {
                return false;
            }
            String[] ends = word.split("-", 2);
            return Integer.parseInt(ends[0]) <= slot && slot <= Integer.parseInt(ends[ends.length - 1]);
        }
    }
}
