package io.github.tieredjcache.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The steps by which an operator moves a slot and its keys from one master of a Redis Cluster to another. Keeps a connection to each
 * master, since a rebalance has thousands of slots. Used by one thread.
 */
final class SlotMigration implements AutoCloseable {
    private static final int KEYS_AT_ONCE = 100;

    private final List<RedisServer> masters;
    private final Map<RedisServer, RespConnection> connections = new HashMap<>();
    private final Map<RedisServer, String> ids = new HashMap<>();

    /**
     * Connects to nothing yet.
     *
     * @param masters those that are told where a slot has arrived
     */
    SlotMigration(List<RedisServer> masters) {
        this.masters = masters;
    }

    /** Moves a slot and all its keys. */
    void move(int slot, RedisServer from, RedisServer to) {
        begin(slot, from, to);
        moveKeys(slot, from, to);
        end(slot, to);
    }

    /** Says on both sides that a slot is on its way. */
    void begin(int slot, RedisServer from, RedisServer to) {
        String number = Integer.toString(slot);
        setSlot(to, number, "IMPORTING", id(from));
        setSlot(from, number, "MIGRATING", id(to));
    }

    /** Moves all keys of a slot that is on its way. */
    void moveKeys(int slot, RedisServer from, RedisServer to) {
        String number = Integer.toString(slot);
        while (true) {
            List<String> keys = new ArrayList<>();
            if (call(from, "CLUSTER", "GETKEYSINSLOT", number, Integer.toString(KEYS_AT_ONCE))
                    instanceof List<?> replied) {
                replied.forEach(key -> keys.add(String.valueOf(RedisServer.text(key))));
            }
            if (keys.isEmpty()) {
                return;
            }
            moveKeys(from, to, keys);
        }
    }

    /** Moves keys of a slot that is on its way. */
    void moveKeys(RedisServer from, RedisServer to, List<String> keys) {
        List<String> words =
                new ArrayList<>(List.of("MIGRATE", "127.0.0.1", Integer.toString(to.port()), "", "0", "10000"));
        String password = to.address().password();
        if (password != null) {
            words.addAll(List.of("AUTH", password));
        }
        words.add("KEYS");
        words.addAll(keys);
        call(from, words.toArray(String[]::new));
    }

    /** Says to all masters, the new owner first, that a slot has arrived. */
    void end(int slot, RedisServer to) {
        String number = Integer.toString(slot);
        setSlot(to, number, "NODE", id(to));
        // Since Redis 7.0 a master becomes a replica when it learns from the others that it has lost its last slot.
        masters.stream()
                .filter(each -> each != to)
                .forEach(each ->
                        RedisInfo.isAccepted(() -> setSlot(each, number, "NODE", id(to)), "SETSLOT only with masters"));
    }

    /** Waits for a replica: since Valkey 8.0 a master that has replicas, but none at the moment, refuses. */
    private void setSlot(RedisServer server, String slot, String state, String id) {
        RedisInfo.await(
                () -> RedisInfo.isAccepted(() -> call(server, "CLUSTER", "SETSLOT", slot, state, id), "NOREPLICAS"),
                "a replica that learns of a move",
                server);
    }

    private String id(RedisServer server) {
        return ids.computeIfAbsent(server, ClusterNode::id);
    }

    private @Nullable Object call(RedisServer server, String... words) {
        return connections
                .computeIfAbsent(server, each -> RespConnection.open(each.address(), RespConnection.TIMEOUT))
                .call(words);
    }

    @Override
    public void close() {
        connections.values().forEach(RespConnection::close);
    }
}
