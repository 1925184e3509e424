package io.github.tieredjcache.internal.codec.graph;

import static io.github.tieredjcache.internal.codec.graph.ScalarSerializer.addText;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.io.File;
import java.math.MathContext;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Serializers with numbers 23 to 29, 36 and 37: addresses, paths, patterns and other types that are written as text.
 * Reading them accesses neither network nor disk. A {@code URL} is refused: its {@code hashCode} looks up the address
 * of its host, so bytes could make a reader look up any host.
 */
final class JdkNames {
    private static final int INET_6_BYTES = 16;
    private static final int PATTERN_CHARS_MAX = 500;

    private JdkNames() {}

    @SuppressWarnings("JdkObsolete") // users store a StringBuffer, too
    static void addTo(JdkSerializers serializers) {
        addText(serializers, 23, MathContext.class, MathContext::toString, MathContext::new);
        serializers.add(
                24,
                ScalarSerializer.<InetAddress>immutable(JdkNames::writeAddress, JdkNames::readAddress),
                Inet4Address.class,
                Inet6Address.class);
        addText(serializers, 25, File.class, file -> portable(file.getPath()), File::new);
        serializers.add(
                26,
                ScalarSerializer.<Path>immutable(
                        (out, v) -> StringEncoding.write(out, portable(v.toString())),
                        (s, in) -> Path.of(StringEncoding.read(s, in))),
                // Paths of other file systems, such as a ZIP file, have other classes.
                FileSystems.getDefault().getPath("").getClass());
        serializers.add(
                36,
                ScalarSerializer.<StringBuffer>mutable(
                        (out, v) -> StringEncoding.write(out, v.toString()),
                        (s, in) -> new StringBuffer(StringEncoding.read(s, in)),
                        v -> new StringBuffer(v.toString())),
                StringBuffer.class);
        serializers.add(
                37,
                // A Pattern is immutable, but has an identity, since it equals only itself.
                ScalarSerializer.<Pattern>mutable(
                        JdkNames::writePattern, JdkNames::readPattern, UnaryOperator.identity()),
                Pattern.class);
    }

    /** Returns the path with the separator that all systems read. */
    private static String portable(String path) {
        return path.replace(File.separatorChar, '/');
    }

    private static void writeAddress(Output output, InetAddress address) {
        StringEncoding.writeOrNull(output, hostName(address));
        byte[] bytes = address.getAddress();
        output.writeVarInt(bytes.length, true);
        output.writeBytes(bytes);
        if (address instanceof Inet6Address long6) {
            output.writeVarInt(long6.getScopeId(), true);
        }
    }

    /**
     * Returns the host name with which an address was created, or null. {@code getHostName} would look it up in the
     * network.
     */
    private static @Nullable String hostName(InetAddress address) {
        String text = address.toString();
        String name = text.substring(0, text.length() - address.getHostAddress().length() - 1);
        return name.isEmpty() ? null : name;
    }

    private static InetAddress readAddress(KryoSession session, Input input) {
        String name = StringEncoding.readOrNull(session, input);
        byte[] bytes = input.readBytes(session.claimLength(input));
        try {
            if (bytes.length != INET_6_BYTES) {
                return InetAddress.getByAddress(name, bytes);
            }
            int scope = input.readVarInt(true);
            // InetAddress.getByAddress would return an Inet4Address for an IPv4-mapped address.
            return Inet6Address.getByAddress(name, bytes, scope == 0 ? -1 : scope);
        } catch (UnknownHostException e) {
            throw MalformedException.damaged("an address must have 4 or 16 bytes, has " + bytes.length);
        }
    }

    private static void writePattern(Output output, Pattern pattern) {
        String broken = brokenRule(pattern.pattern(), pattern.flags());
        if (broken != null) {
            throw new UnencodableException(broken + "; store its text");
        }
        StringEncoding.write(output, pattern.pattern());
        output.writeVarInt(pattern.flags(), true);
    }

    /** Reads a pattern; refuses one that may take long to compile. Matching may take any time, as for every pattern. */
    private static Pattern readPattern(KryoSession session, Input input) {
        String text = StringEncoding.read(session, input);
        int flags = input.readVarInt(true);
        String broken = brokenRule(text, flags);
        if (broken != null) {
            throw MalformedException.damaged(broken);
        }
        return Pattern.compile(text, flags);
    }

    /**
     * Returns the rule that a pattern breaks; null if there is none. The time in which the JDK compiles a text of one
     * repeated letter grows with the square of its length.
     */
    private static @Nullable String brokenRule(String text, int flags) {
        if (text.length() > PATTERN_CHARS_MAX) {
            return "a Pattern of more than " + PATTERN_CHARS_MAX + " characters can take long to compile";
        }
        return (flags & Pattern.CANON_EQ) == 0
                ? null
                : "a Pattern with the flag CANON_EQ can take any time to compile, however short it is";
    }
}
