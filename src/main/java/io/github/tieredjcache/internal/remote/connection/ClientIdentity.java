package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a server identifies one connection of a client.
 *
 * @param id the number of the connection, which a server does not use again before it restarts
 * @param address the client's address and port as the server sees them; another connection with the same number has
 *     another address
 */
record ClientIdentity(String id, String address) {
    private static final Pattern INFO = Pattern.compile("id=(\\d{1,19}) addr=(\\S+) .*", Pattern.DOTALL);

    /**
     * Reads the reply to CLIENT INFO.
     *
     * @throws IllegalArgumentException if the reply does not begin with the two
     */
    static ClientIdentity of(String info) {
        Matcher matcher = INFO.matcher(info);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("the reply to CLIENT INFO must begin with id and addr, was: " + info);
        }
        return new ClientIdentity(matcher.group(1), matcher.group(2));
    }

    /** Returns the command by which the server ends the connection; the reply is 0 if it has ended before. */
    RedisCommand<Long> kill() {
        return RedisCommand.killClient(id, address);
    }
}
