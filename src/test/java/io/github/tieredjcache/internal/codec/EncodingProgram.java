package io.github.tieredjcache.internal.codec;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads the values that another JVM encoded and prints the faults, one line for each kind; then writes the values that
 * this JVM encodes. The arguments are the file to read and the file to write.
 */
final class EncodingProgram {
    private EncodingProgram() {}

    public static void main(String[] arguments) throws IOException {
        EncodedKinds.readFrom(Path.of(arguments[0])).faults().forEach(System.out::println);
        EncodedKinds.here().writeTo(Path.of(arguments[1]));
    }
}
