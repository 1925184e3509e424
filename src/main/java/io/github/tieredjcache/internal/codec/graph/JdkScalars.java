package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
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

/** Serializers with numbers 0 to 22, 30 to 35 and 60 to 79: numbers, texts, and arrays of primitives. */
public final class JdkScalars {
    private JdkScalars() {}

    static void addTo(JdkSerializers serializers) {
        addBoxes(serializers);
        addValues(serializers);
        addMutable(serializers);
        addPrimitiveArrays(serializers);
    }

    private static void addBoxes(JdkSerializers serializers) {
        serializers.add(0, ScalarSerializer.immutable(StringEncoding::write, StringEncoding::read), String.class);
        serializers.add(
                1,
                ScalarSerializer.<Boolean>immutable(Output::writeBoolean, (s, in) -> in.readBoolean()),
                Boolean.class);
        serializers.add(
                2,
                ScalarSerializer.<Byte>immutable((out, v) -> out.writeByte(v), (s, in) -> in.readByte()),
                Byte.class);
        serializers.add(
                3,
                ScalarSerializer.<Short>immutable((out, v) -> out.writeShort(v), (s, in) -> in.readShort()),
                Short.class);
        serializers.add(
                4, ScalarSerializer.<Character>immutable(Output::writeChar, (s, in) -> in.readChar()), Character.class);
        serializers.add(
                5,
                ScalarSerializer.<Integer>immutable(
                        (out, v) -> out.writeVarInt(v, false), (s, in) -> in.readVarInt(false)),
                Integer.class);
        serializers.add(
                6,
                ScalarSerializer.<Long>immutable(
                        (out, v) -> out.writeVarLong(v, false), (s, in) -> in.readVarLong(false)),
                Long.class);
        serializers.add(
                7, ScalarSerializer.<Float>immutable(Output::writeFloat, (s, in) -> in.readFloat()), Float.class);
        serializers.add(
                8, ScalarSerializer.<Double>immutable(Output::writeDouble, (s, in) -> in.readDouble()), Double.class);
    }

    private static void addValues(JdkSerializers serializers) {
        serializers.add(
                10,
                ScalarSerializer.immutable(JdkScalars::writeBigInteger, JdkScalars::readBigInteger),
                BigInteger.class);
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
        serializers.add(
                13,
                ScalarSerializer.<URI>immutable(
                        (out, v) -> StringEncoding.write(out, v.toString()),
                        (s, in) -> URI.create(StringEncoding.read(s, in))),
                URI.class);
        serializers.add(14, ScalarSerializer.immutable(JdkScalars::writeLocale, JdkScalars::readLocale), Locale.class);
        serializers.add(
                15,
                ScalarSerializer.<Currency>immutable(
                        (out, v) -> StringEncoding.write(out, v.getCurrencyCode()),
                        (s, in) -> Currency.getInstance(StringEncoding.read(s, in))),
                Currency.class);
        serializers.add(
                16,
                ScalarSerializer.<OptionalInt>immutable(
                        (out, v) -> {
                            out.writeBoolean(v.isPresent());
                            out.writeInt(v.orElse(0));
                        },
                        (s, in) -> in.readBoolean() ? OptionalInt.of(in.readInt()) : emptyInt(in)),
                OptionalInt.class);
        serializers.add(
                17,
                ScalarSerializer.<OptionalLong>immutable(
                        (out, v) -> {
                            out.writeBoolean(v.isPresent());
                            out.writeLong(v.orElse(0));
                        },
                        (s, in) -> in.readBoolean() ? OptionalLong.of(in.readLong()) : emptyLong(in)),
                OptionalLong.class);
        serializers.add(
                18,
                ScalarSerializer.<OptionalDouble>immutable(
                        (out, v) -> {
                            out.writeBoolean(v.isPresent());
                            out.writeDouble(v.orElse(0));
                        },
                        (s, in) -> in.readBoolean() ? OptionalDouble.of(in.readDouble()) : emptyDouble(in)),
                OptionalDouble.class);
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
                        (out, v) -> {
                            byte[] bytes = v.toByteArray();
                            out.writeVarInt(bytes.length, true);
                            out.writeBytes(bytes);
                        },
                        (s, in) -> BitSet.valueOf(in.readBytes(s.claimLength(in))),
                        v -> (BitSet) v.clone()),
                BitSet.class);
    }

    private static void addPrimitiveArrays(JdkSerializers serializers) {
        serializers.add(
                60,
                array((out, v) -> out.writeBytes(v), v -> v.length, 1, Input::readBytes, byte[]::clone),
                byte[].class);
        serializers.add(
                61,
                array(
                        (out, v) -> out.writeBooleans(v, 0, v.length),
                        v -> v.length,
                        1,
                        Input::readBooleans,
                        boolean[]::clone),
                boolean[].class);
        serializers.add(
                62,
                array((out, v) -> out.writeChars(v, 0, v.length), v -> v.length, 2, Input::readChars, char[]::clone),
                char[].class);
        serializers.add(
                63,
                array((out, v) -> out.writeShorts(v, 0, v.length), v -> v.length, 2, Input::readShorts, short[]::clone),
                short[].class);
        serializers.add(
                64,
                array((out, v) -> out.writeInts(v, 0, v.length), v -> v.length, 4, Input::readInts, int[]::clone),
                int[].class);
        serializers.add(
                65,
                array((out, v) -> out.writeLongs(v, 0, v.length), v -> v.length, 8, Input::readLongs, long[]::clone),
                long[].class);
        serializers.add(
                66,
                array((out, v) -> out.writeFloats(v, 0, v.length), v -> v.length, 4, Input::readFloats, float[]::clone),
                float[].class);
        serializers.add(
                67,
                array(
                        (out, v) -> out.writeDoubles(v, 0, v.length),
                        v -> v.length,
                        8,
                        Input::readDoubles,
                        double[]::clone),
                double[].class);
    }

    private interface ArrayReader<T> {
        T read(Input input, int length);
    }

    private static <T> ScalarSerializer<T> array(
            ScalarSerializer.Writer<T> writer,
            java.util.function.ToIntFunction<T> length,
            int elementBytes,
            ArrayReader<T> reader,
            java.util.function.UnaryOperator<T> copier) {
        return ScalarSerializer.mutable(
                (out, v) -> {
                    out.writeVarInt(length.applyAsInt(v), true);
                    writer.write(out, v);
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
        byte[] bytes = value.toByteArray();
        output.writeVarInt(bytes.length, true);
        output.writeBytes(bytes);
    }

    static BigInteger readBigInteger(KryoSession session, Input input) {
        return new BigInteger(input.readBytes(session.claimLength(input)));
    }

    private static void writeLocale(Output output, Locale locale) {
        StringEncoding.write(output, languageTag(locale));
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

    private static Locale readLocale(KryoSession session, Input input) {
        return Locale.forLanguageTag(StringEncoding.read(session, input));
    }

    private static OptionalInt emptyInt(Input input) {
        input.skip(Integer.BYTES);
        return OptionalInt.empty();
    }

    private static OptionalLong emptyLong(Input input) {
        input.skip(Long.BYTES);
        return OptionalLong.empty();
    }

    private static OptionalDouble emptyDouble(Input input) {
        input.skip(Double.BYTES);
        return OptionalDouble.empty();
    }
}
