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

/** A Lua script that Redis runs atomically; its text is one resource, or two where it shares a beginning with others. */
public enum Script {
    /** Applies one mutation. */
    MUTATE("entry.lua", "mutate.lua"),
    /** Reads values, in answers of a bounded size. */
    READ_ALL("read-all.lua"),
    /** Reads an entry and gives it another lifetime. */
    READ_TOUCH("entry.lua", "read-touch.lua"),
    /** Reads an entry and takes its write lease. */
    LEASE("entry.lua", "lease.lua"),
    /** Reads an entry, or takes the right to load it. */
    LOAD("entry.lua", "load.lua"),
    /** Asks for the epoch of a cache, or begins a new one. */
    EPOCH("epoch.lua"),
    /** Takes or gives back the right to remove what earlier epochs left. */
    RECLAIM("reclaim.lua"),
    /** Asks which commands the others may not call. */
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

    /** Returns the name by which Redis knows a script that it has seen before. */
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
            // Redis names scripts so; nothing secret depends on it.
            return MessageDigest.getInstance("SHA-1").digest(text);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
