package io.github.tieredjcache.internal.codec.graph;

import static io.github.tieredjcache.internal.codec.graph.ScalarSerializer.addText;
import static io.github.tieredjcache.internal.codec.graph.ScalarSerializer.addValue;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.Charset;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.Currency;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** Serializers with numbers 0 to 22, 30 to 35 and 60 to 79: numbers, texts, and arrays of primitives. */
public final class JdkScalars {
    private JdkScalars() {}

    static void addTo(JdkSerializers serializers) {
        addBoxes(serializers);
        addValues(serializers);
        addOptionals(serializers);
        addCharsetsAndOrders(serializers);
        addMutable(serializers);
        addPrimitiveArrays(serializers);
    }

    private static void addBoxes(JdkSerializers serializers) {
        addValue(serializers, 0, String.class, StringEncoding::write, StringEncoding::read);
        addValue(serializers, 1, Boolean.class, Output::writeBoolean, (s, in) -> in.readBoolean());
        addValue(serializers, 2, Byte.class, (out, v) -> out.writeByte(v), (s, in) -> in.readByte());
        addValue(serializers, 3, Short.class, (out, v) -> out.writeShort(v), (s, in) -> in.readShort());
        addValue(serializers, 4, Character.class, Output::writeChar, (s, in) -> in.readChar());
        addValue(serializers, 5, Integer.class, (out, v) -> out.writeVarInt(v, false), (s, in) -> in.readVarInt(false));
        addValue(serializers, 6, Long.class, (out, v) -> out.writeVarLong(v, false), (s, in) -> in.readVarLong(false));
        addValue(serializers, 7, Float.class, Output::writeFloat, (s, in) -> in.readFloat());
        addValue(serializers, 8, Double.class, Output::writeDouble, (s, in) -> in.readDouble());
    }

    private static void addValues(JdkSerializers serializers) {
        addValue(serializers, 10, BigInteger.class, JdkScalars::writeBigInteger, JdkScalars::readBigInteger);
        serializers.add(
                11,
                ScalarSerializer.<BigDecimal>immutable(
                        (out, v) -> {
                            out.writeVarInt(v.scale(), false);
                            writeBigInteger(out, v.unscaledValue());
                        },
                        (s, in) -> {
                            int scale = in.readVarInt(false);
                            return new BigDecimal(readBigInteger(s, in), scale);
                        }),
                BigDecimal.class);
        serializers.add(
                12,
                ScalarSerializer.<UUID>immutable(
                        (out, v) -> {
                            out.writeLong(v.getMostSignificantBits());
                            out.writeLong(v.getLeastSignificantBits());
                        },
                        (s, in) -> new UUID(in.readLong(), in.readLong())),
                UUID.class);
        addText(serializers, 13, URI.class, URI::toString, URI::create);
        addText(serializers, 14, Locale.class, JdkScalars::languageTag, Locale::forLanguageTag);
        addText(serializers, 15, Currency.class, Currency::getCurrencyCode, Currency::getInstance);
    }

    private static void addOptionals(JdkSerializers serializers) {
        serializers.add(
                16,
                ScalarSerializer.<OptionalInt>immutable(
                        (out, v) -> {
                            out.writeBoolean(v.isPresent());
                            out.writeInt(v.orElse(0));
                        },
                        (s, in) -> optional(in.readBoolean(), OptionalInt.of(in.readInt()), OptionalInt.empty())),
                OptionalInt.class);
        serializers.add(
                17,
                ScalarSerializer.<OptionalLong>immutable(
                        (out, v) -> {
                            out.writeBoolean(v.isPresent());
                            out.writeLong(v.orElse(0));
                        },
                        (s, in) -> optional(in.readBoolean(), OptionalLong.of(in.readLong()), OptionalLong.empty())),
                OptionalLong.class);
        serializers.add(
                18,
                ScalarSerializer.<OptionalDouble>immutable(
                        (out, v) -> {
                            out.writeBoolean(v.isPresent());
                            out.writeDouble(v.orElse(0));
                        },
                        (s, in) ->
                                optional(in.readBoolean(), OptionalDouble.of(in.readDouble()), OptionalDouble.empty())),
                OptionalDouble.class);
    }

    private static void addCharsetsAndOrders(JdkSerializers serializers) {
        serializers.add(
                19,
                ScalarSerializer.<Charset>immutable(
                        (out, v) -> StringEncoding.write(out, v.name()),
                        (s, in) -> Charset.forName(StringEncoding.read(s, in))),
                Charset.class,
                java.nio.charset.StandardCharsets.UTF_8.getClass(),
                java.nio.charset.StandardCharsets.ISO_8859_1.getClass(),
                java.nio.charset.StandardCharsets.US_ASCII.getClass());
        serializers.add(
                20,
                constant(Comparator.naturalOrder()),
                Comparator.naturalOrder().getClass());
        serializers.add(
                21,
                constant(Collections.reverseOrder()),
                Collections.reverseOrder().getClass());
        serializers.add(22, constant(String.CASE_INSENSITIVE_ORDER), String.CASE_INSENSITIVE_ORDER.getClass());
    }

    private static void addMutable(JdkSerializers serializers) {
        serializers.add(
                30, ScalarSerializer.mutable((out, v) -> {}, (s, in) -> new Object(), v -> new Object()), Object.class);
        serializers.add(
                31,
                ScalarSerializer.<AtomicInteger>mutable(
                        (out, v) -> out.writeInt(v.get()),
                        (s, in) -> new AtomicInteger(in.readInt()),
                        v -> new AtomicInteger(v.get())),
                AtomicInteger.class);
        serializers.add(
                32,
                ScalarSerializer.<AtomicLong>mutable(
                        (out, v) -> out.writeLong(v.get()),
                        (s, in) -> new AtomicLong(in.readLong()),
                        v -> new AtomicLong(v.get())),
                AtomicLong.class);
        serializers.add(
                33,
                ScalarSerializer.<AtomicBoolean>mutable(
                        (out, v) -> out.writeBoolean(v.get()),
                        (s, in) -> new AtomicBoolean(in.readBoolean()),
                        v -> new AtomicBoolean(v.get())),
                AtomicBoolean.class);
        serializers.add(
                34,
                ScalarSerializer.<StringBuilder>mutable(
                        (out, v) -> StringEncoding.write(out, v.toString()),
                        (s, in) -> new StringBuilder(StringEncoding.read(s, in)),
                        v -> new StringBuilder(v.toString())),
                StringBuilder.class);
        serializers.add(
                35,
                ScalarSerializer.<BitSet>mutable(
                        (out, v) -> writeBytes(out, v.toByteArray()),
                        (s, in) -> BitSet.valueOf(in.readBytes(s.claimLength(in))),
                        v -> (BitSet) v.clone()),
                BitSet.class);
    }

    private static void addPrimitiveArrays(JdkSerializers serializers) {
        serializers.add(60, array(1, Output::writeBytes, Input::readBytes, byte[]::clone), byte[].class);
        serializers.add(61, array(1, Output::writeBooleans, Input::readBooleans, boolean[]::clone), boolean[].class);
        serializers.add(62, array(2, Output::writeChars, Input::readChars, char[]::clone), char[].class);
        serializers.add(63, array(2, Output::writeShorts, Input::readShorts, short[]::clone), short[].class);
        serializers.add(64, array(4, Output::writeInts, Input::readInts, int[]::clone), int[].class);
        serializers.add(65, array(8, Output::writeLongs, Input::readLongs, long[]::clone), long[].class);
        serializers.add(66, array(4, Output::writeFloats, Input::readFloats, float[]::clone), float[].class);
        serializers.add(67, array(8, Output::writeDoubles, Input::readDoubles, double[]::clone), double[].class);
    }

    private interface ArrayWriter<T> {
        void write(Output output, T array, int start, int length);
    }

    private interface ArrayReader<T> {
        T read(Input input, int length);
    }

    private static <T> ScalarSerializer<T> array(
            int elementBytes, ArrayWriter<T> writer, ArrayReader<T> reader, UnaryOperator<T> copier) {
        return ScalarSerializer.mutable(
                (out, v) -> {
                    int length = Array.getLength(v);
                    out.writeVarInt(length, true);
                    writer.write(out, v, 0, length);
                },
                (s, in) -> {
                    long count = in.readVarInt(true);
                    return reader.read(in, s.claim(in, count * elementBytes) / elementBytes);
                },
                copier);
    }

    private static <T> ScalarSerializer<T> constant(T value) {
        return ScalarSerializer.immutable((out, v) -> {}, (s, in) -> value);
    }

    static void writeBigInteger(Output output, BigInteger value) {
        writeBytes(output, value.toByteArray());
    }

    private static void writeBytes(Output output, byte[] bytes) {
        output.writeVarInt(bytes.length, true);
        output.writeBytes(bytes);
    }

    static BigInteger readBigInteger(KryoSession session, Input input) {
        return new BigInteger(input.readBytes(session.claimLength(input)));
    }

    /**
     * Returns the BCP 47 tag of a locale.
     *
     * @throws UnencodableException if the tag denotes another locale
     */
    public static String languageTag(Locale locale) {
        String tag = locale.toLanguageTag();
        if (!Locale.forLanguageTag(tag).equals(locale)) {
            throw new UnencodableException("the locale " + locale + " has no language tag that denotes it");
        }
        return tag;
    }

    private static <T> T optional(boolean isPresent, T value, T empty) {
        return isPresent ? value : empty;
    }
}
