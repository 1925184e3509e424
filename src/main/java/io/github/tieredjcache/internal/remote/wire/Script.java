package io.github.tieredjcache.internal.remote.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Lua script, which Redis runs atomically. Its text is one resource, or {@code entry.lua} followed by another one.
 */
public enum Script {
    /** Applies one mutation. */
    MUTATE("entry.lua", "mutate.lua"),
    /** Reads an entry and gives it another lifetime. */
    READ_TOUCH("entry.lua", "read-touch.lua"),
    /** Reads an entry and takes its write lease. */
    LEASE("entry.lua", "lease.lua"),
    /** Reads an entry, or takes its load lease. */
    LOAD("entry.lua", "load.lua"),
    /** Reads the epoch of a cache, or begins a new one. */
    EPOCH("epoch.lua"),
    /** Takes or gives back the right to remove the leftovers of earlier epochs. */
    RECLAIM("reclaim.lua"),
    /** Finds the commands that the other scripts may not call. */
    PERMISSIONS("permissions.lua");

    private final String text;
    private final String sha1;

    Script(String... resources) {
        this.text = Stream.of(resources).map(Script::load).collect(Collectors.joining());
        this.sha1 = HexFormat.of().formatHex(sha1(text.getBytes(US_ASCII)));
    }

    public String text() {
        return text;
    }

    /** Returns the SHA-1 digest by which EVALSHA names a loaded script. */
    String sha1() {
        return sha1;
    }

    private static String load(String resource) {
        try (InputStream in = Script.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the script " + resource + " is missing from the jar");
            }
            return new String(in.readAllBytes(), US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the script " + resource, e);
        }
    }

    private static byte[] sha1(byte[] text) {
        try {
            // Redis names scripts by SHA-1; no secret depends on it.
            return MessageDigest.getInstance("SHA-1").digest(text);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
