package io.github.tieredjcache.internal.codec;

import io.github.tieredjcache.internal.codec.api.UndecodableException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The kinds of value, encoded by one JVM for another to read.
 *
 * @param bytes the values' bytes, by the names of the kinds
 */
record EncodedKinds(Map<String, byte[]> bytes) {
    /** Encodes all kinds in this JVM. */
    static EncodedKinds here() {
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        try (Codecs codecs = new Codecs(EncodedKinds.class.getClassLoader())) {
            for (Kind kind : Kinds.stored()) {
                bytes.put(kind.name(), Kinds.codec(codecs).encode(Kinds.key(kind), kind.value()));
            }
        }
        return new EncodedKinds(bytes);
    }

    static EncodedKinds readFrom(Path file) throws IOException {
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                bytes.put(in.readUTF(), in.readNBytes(in.readInt()));
            }
        }
        return new EncodedKinds(bytes);
    }

    void writeTo(Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(bytes.size());
            for (Map.Entry<String, byte[]> each : bytes.entrySet()) {
                out.writeUTF(each.getKey());
                out.writeInt(each.getValue().length);
                out.write(each.getValue());
            }
        }
    }

    /** Decodes all kinds in this JVM; returns the faults. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        try (Codecs codecs = new Codecs(EncodedKinds.class.getClassLoader())) {
            for (Kind kind : Kinds.stored()) {
                byte[] each = bytes.get(kind.name());
                String fault = each == null ? kind.name() + " is missing" : fault(codecs, kind, each);
                if (!fault.isEmpty()) {
                    faults.add(fault);
                }
            }
        }
        return faults;
    }

    static String fault(Codecs codecs, Kind kind, byte[] bytes) {
        try {
            return kind.fault(Kinds.codec(codecs).decode(Kinds.key(kind), bytes, 0));
        } catch (UndecodableException e) {
            return kind.name() + " is undecodable: " + e.reason() + ", " + e.getMessage();
        }
    }

    /** Returns the kinds whose bytes differ from those of another JVM, although they must not. */
    List<String> differencesFrom(EncodedKinds other) {
        return Kinds.stored().stream()
                .filter(kind -> kind.varying().isEmpty())
                .map(Kind::name)
                .filter(name -> !Arrays.equals(bytes.get(name), other.bytes.get(name)))
                .toList();
    }
}
