package io.github.tieredjcache.internal.codec.graph;

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
 * Numbers 23 to 29, 36 and 37: names of what is elsewhere, and rules as text. Reading them asks no network and no disk. A {@code URL}
 * is not among them: its {@code hashCode} asks for the address of its host, so bytes could make a reader ask for any.
 */
final class JdkNames {
    private static final int INET_6_BYTES = 16;
    private static final int PATTERN_CHARS_MAX = 500;

    private JdkNames() {}

    @SuppressWarnings("JdkObsolete") // a StringBuffer is stored all the same
    static void addTo(JdkSerializers forms) {
        forms.add(
                23,
                ScalarSerializer.<MathContext>immutable(
                        (out, v) -> StringEncoding.write(out, v.toString()),
                        (s, in) -> new MathContext(StringEncoding.read(s, in))),
                MathContext.class);
        forms.add(
                24,
                ScalarSerializer.<InetAddress>immutable(JdkNames::writeAddress, JdkNames::readAddress),
                Inet4Address.class,
                Inet6Address.class);
        forms.add(
                25,
                ScalarSerializer.<File>immutable(
                        (out, v) -> StringEncoding.write(out, portable(v.getPath())),
                        (s, in) -> new File(StringEncoding.read(s, in))),
                File.class);
        forms.add(
                26,
                ScalarSerializer.<Path>immutable(
                        (out, v) -> StringEncoding.write(out, portable(v.toString())),
                        (s, in) -> Path.of(StringEncoding.read(s, in))),
                // Those of other file systems, such as that within a ZIP file, are of other classes.
                FileSystems.getDefault().getPath("").getClass());
        forms.add(
                36,
                ScalarSerializer.<StringBuffer>mutable(
                        (out, v) -> StringEncoding.write(out, v.toString()),
                        (s, in) -> new StringBuffer(StringEncoding.read(s, in)),
                        v -> new StringBuffer(v.toString())),
                StringBuffer.class);
        forms.add(
                37,
                // No copy is needed, but it has an identity: it equals no other one.
                ScalarSerializer.<Pattern>mutable(
                        JdkNames::writePattern, JdkNames::readPattern, UnaryOperator.identity()),
                Pattern.class);
    }

    /** Relative paths are the same on all systems where the separator is the one that all of them read. */
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

    /** The name that an address was made with, or null. Not by {@code getHostName}, which asks the network for one. */
    private static @Nullable String hostName(InetAddress address) {
        String text = address.toString();
        String name = text.substring(0, text.length() - address.getHostAddress().length() - 1);
        return name.isEmpty() ? null : name;
    }

    private static InetAddress readAddress(KryoSession session, Input input) {
        String name = StringEncoding.readOrNull(session, input);
        byte[] bytes = input.readBytes(session.claimCount(input));
        try {
            if (bytes.length != INET_6_BYTES) {
                return InetAddress.getByAddress(name, bytes);
            }
            int scope = input.readVarInt(true);
            // Not by InetAddress, which makes another class of an address that stands for one of four bytes.
            return Inet6Address.getByAddress(name, bytes, scope == 0 ? -1 : scope);
        } catch (UnknownHostException e) {
            throw MalformedException.damaged("an address of " + bytes.length + " bytes");
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

    /** Matching may take any time, as with any text that an application takes for a pattern; reading must not. */
    private static Pattern readPattern(KryoSession session, Input input) {
        String text = StringEncoding.read(session, input);
        int flags = input.readVarInt(true);
        String broken = brokenRule(text, flags);
        if (broken != null) {
            throw MalformedException.damaged(broken);
        }
        return Pattern.compile(text, flags);
    }

    /** The JDK compiles a text of one repeated letter in a time that grows with the square of its length. */
    private static @Nullable String brokenRule(String text, int flags) {
        if (text.length() > PATTERN_CHARS_MAX) {
            return "a Pattern of more than " + PATTERN_CHARS_MAX + " characters can take long to compile";
        }
        return (flags & Pattern.CANON_EQ) == 0
                ? null
                : "a Pattern with the flag CANON_EQ can take any time to compile, however short it is";
    }
}
