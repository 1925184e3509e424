package io.github.tieredjcache.testkit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The steps by which an operator moves a slot and its keys from one master of a Redis Cluster to another. */
final class SlotMigration {
    private static final int KEYS_AT_ONCE = 100;

    private SlotMigration() {}

    /** Moves a slot and all its keys. */
    static void move(int slot, RedisServer from, RedisServer to, List<RedisServer> masters) {
        begin(slot, from, to);
        moveKeys(slot, from, to);
        end(slot, to, masters);
    }

    /** Says on both sides that a slot is on its way. */
    static void begin(int slot, RedisServer from, RedisServer to) {
        String number = Integer.toString(slot);
        to.command("CLUSTER", "SETSLOT", number, "IMPORTING", ClusterNode.id(from));
        from.command("CLUSTER", "SETSLOT", number, "MIGRATING", ClusterNode.id(to));
    }

    /** Moves all keys of a slot that is on its way. */
    static void moveKeys(int slot, RedisServer from, RedisServer to) {
        String number = Integer.toString(slot);
        while (true) {
            List<@Nullable String> keys = from.list("CLUSTER", "GETKEYSINSLOT", number, Integer.toString(KEYS_AT_ONCE));
            if (keys.isEmpty()) {
                return;
            }
            moveKeys(from, to, keys.stream().map(String::valueOf).toList());
        }
    }

    /** Moves keys of a slot that is on its way. */
    static void moveKeys(RedisServer from, RedisServer to, List<String> keys) {
        List<String> words =
                new ArrayList<>(List.of("MIGRATE", "127.0.0.1", Integer.toString(to.port()), "", "0", "10000"));
        String password = to.address().password();
        if (password != null) {
            words.addAll(List.of("AUTH", password));
        }
        words.add("KEYS");
        words.addAll(keys);
        from.command(words.toArray(String[]::new));
    }

    /** Says to all masters, the new owner first, that a slot has arrived. */
    static void end(int slot, RedisServer to, List<RedisServer> masters) {
        List<RedisServer> told = new ArrayList<>(List.of(to));
        masters.stream().filter(each -> each != to).forEach(told::add);
        String id = ClusterNode.id(to);
        told.forEach(each -> each.command("CLUSTER", "SETSLOT", Integer.toString(slot), "NODE", id));
    }
}
