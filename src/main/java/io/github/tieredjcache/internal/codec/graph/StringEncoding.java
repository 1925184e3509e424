package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads strings: a number with the length in bytes and the charset, then the bytes. Kryo's own encoding is
 * not used: it allocates the declared length before it checks that so many bytes follow, and it differs with and
 * without Unsafe.
 */
public final class StringEncoding {
    private static final int LATIN_1 = 0;
    private static final int UTF_8 = 1;
    private static final int UTF_16 = 2;
    private static final long NULL = 3;

    private StringEncoding() {}

    static void writeOrNull(Output output, @Nullable String text) {
        if (text == null) {
            output.writeVarLong(NULL, true);
        } else {
            write(output, text);
        }
    }

    @SuppressWarnings("deprecation") // the only way to copy Latin-1 characters without another array
    static void write(Output output, String text) {
        int length = text.length();
        int all = 0;
        for (int i = 0; i < length; i++) {
            all |= text.charAt(i);
        }
        if (all < 0x100) {
            writeHead(output, length, LATIN_1);
            int start = output.position();
            if (length <= output.getBuffer().length - start) {
                text.getBytes(0, length, output.getBuffer(), start);
                output.setPosition(start + length);
            } else {
                output.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
            }
            return;
        }
        boolean wellFormed = isWellFormed(text);
        byte[] bytes = wellFormed ? text.getBytes(StandardCharsets.UTF_8) : utf16(text);
        writeHead(output, bytes.length, wellFormed ? UTF_8 : UTF_16);
        output.writeBytes(bytes);
    }

    static String read(KryoSession session, Input input) {
        String text = readOrNull(session, input);
        if (text == null) {
            throw MalformedException.damaged("a string must not be null here");
        }
        return text;
    }

    static @Nullable String readOrNull(KryoSession session, Input input) {
        long head = input.readVarLong(true);
        if (head == NULL) {
            return null;
        }
        int length = session.claim(input, head >>> 2);
        byte[] buffer = input.getBuffer();
        int start = input.position();
        input.setPosition(start + length);
        return switch ((int) head & 3) {
            case LATIN_1 -> new String(buffer, start, length, StandardCharsets.ISO_8859_1);
            case UTF_8 -> new String(buffer, start, length, StandardCharsets.UTF_8);
            case UTF_16 -> utf16(buffer, start, length);
            default -> throw MalformedException.damaged("a string has an unknown charset");
        };
    }

    /** Returns whether every surrogate is part of a pair, so that UTF-8 can represent the text. */
    public static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /** Returns the characters as UTF-16; the JDK's encoder would replace lone surrogates. */
    public static byte[] utf16(String text) {
        byte[] bytes = new byte[text.length() * 2];
        for (int i = 0; i < text.length(); i++) {
            bytes[2 * i] = (byte) (text.charAt(i) >> 8);
            bytes[2 * i + 1] = (byte) text.charAt(i);
        }
        return bytes;
    }

    public static String utf16(byte[] bytes, int start, int length) {
        char[] chars = new char[length / 2];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) (bytes[start + 2 * i] << 8 | (bytes[start + 2 * i + 1] & 0xff));
        }
        return new String(chars);
    }

    private static void writeHead(Output output, int length, int charset) {
        output.writeVarLong((long) length << 2 | charset, true);
    }
}
