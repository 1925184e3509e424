package io.github.tieredjcache.internal.codec;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads what another JVM encoded, prints what is wrong with it, one line a kind, and writes what it encodes itself.
 * Its arguments are the file to read and the file to write.
 */
final class EncodingProgram {
    private EncodingProgram() {}

    public static void main(String[] arguments) throws IOException {
        EncodedKinds.readFrom(Path.of(arguments[0])).faults().forEach(System.out::println);
        EncodedKinds.here().writeTo(Path.of(arguments[1]));
    }
}
