package io.github.tieredjcache.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which program a folder has, and how it is started. */
class ServerFolderTest {
    @TempDir
    private Path path;

    @Test
    void aFolderThatIsEmptyOrMissingHasNoProgramAndSaysHowToFetchOne() {
        for (Path each : List.of(path, path.resolve("valkey-9.1"))) {
            ServerFolder folder = new ServerFolder(each);
            assertFalse(folder.isFilled());
            IllegalStateException none = assertThrows(IllegalStateException.class, folder::command);
            assertEquals(
                    "There is no server in " + each + ": \"mvn verify -Pservers -Dservers=" + each.getFileName()
                            + " -Dservers.tests=none\" fetches it, if it can be had",
                    none.getMessage());
        }
    }

    @Test
    void aFileThatNeedsNothingElseIsMadeExecutable() throws IOException {
        Path program = file("redis-server-6.2.7-" + RedisBinary.platform());
        file("redis-server-6.2.7-another-machine");
        assertFalse(Files.isExecutable(program));
        ServerFolder folder = new ServerFolder(path);
        assertTrue(folder.isFilled());
        assertEquals(List.of(program.toString()), folder.command());
        assertTrue(Files.isExecutable(program));
    }

    @Test
    void theProgramOfAnotherMachineIsNone() throws IOException {
        file("redis-server-6.2.7-another-machine");
        file("usr/share/doc/valkey-server");
        assertFalse(new ServerFolder(path).isFilled());
    }

    @Test
    void anUnpackedPackageIsStartedByItsOwnLoaderWithItsOwnLibraries() throws IOException {
        Path program = file("usr/bin/valkey-server");
        Path loader = file("lib64/ld-linux-x86-64.so.2");
        file("usr/lib/one/libc.so.6");
        file("usr/lib/one/libm.so.6");
        file("usr/lib/two/libssl.so.3");
        assertEquals(
                List.of(
                        loader.toString(),
                        "--argv0",
                        "valkey-server",
                        "--library-path",
                        path.resolve("usr/lib/one") + File.pathSeparator + path.resolve("usr/lib/two"),
                        program.toString()),
                new ServerFolder(path).command());
    }

    private Path file(String name) throws IOException {
        Path file = path.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }
}
