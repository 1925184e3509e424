package io.github.tieredjcache.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that are there, cannot be had, or are others than their folder says; nothing is fetched. */
class ServerDownloadsTest {
    private static final String FAILING = "false";

    @TempDir
    private Path servers;

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "redis-5.0", ""})
    void aNameThatNobodyKnowsCannotBeHad(String name) {
        assertEquals(
                "no program in " + servers.resolve(name), refusal(name, FAILING).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis-6.2", "redis-8.0", "valkey-8.0", "valkey-9.1"})
    void aFetchThatFailsSaysWhichProgramFailed(String name) {
        assertEquals("false ended with 1: ", refusal(name, FAILING).getMessage());
        String missing = refusal(name, "no-such-program").getMessage();
        assertTrue(missing.startsWith("Cannot run program \"no-such-program\""), missing);
    }

    @Test
    void aFetchThatBringsNothingCannotBeHad() {
        assertEquals(
                "no program in " + servers.resolve("redis-6.2"),
                refusal("redis-6.2", "true").getMessage());
    }

    @Test
    void aServerThatIsThereIsNotFetched() throws Exception {
        program("valkey-9.1", "echo Valkey server v=9.1.2 sha=0:0 bits=64");
        assertEquals("9.1.2", new ServerDownloads(servers, FAILING, FAILING).fetch("valkey-9.1"));
    }

    @Test
    void aServerOfAnotherVersionIsRefused() throws IOException {
        program("valkey-9.1", "echo Valkey server v=9.10.2 sha=0:0 bits=64");
        assertEquals(
                "the program in " + servers.resolve("valkey-9.1") + " has version 9.10.2",
                refusal("valkey-9.1", FAILING).getMessage());
    }

    @Test
    void aProgramWithoutAVersionIsRefused() throws IOException {
        Path program = program("valkey-9.1", "echo what?");
        assertEquals(
                "[" + program + ", --version] did not print a version: what?\n",
                refusal("valkey-9.1", FAILING).getMessage());
    }

    @Test
    void theArchiveIsThatOfTheMachine() {
        String mirror = "http://mirror.example/debian";
        assertEquals(mirror, ServerDownloads.archiveIn("Types: deb\nURIs: " + mirror + "\nSuites: sid\n"));
        assertEquals(mirror, ServerDownloads.archiveIn("# a comment\ndeb [arch=amd64] " + mirror + "/ sid main\n"));
        assertNull(ServerDownloads.archiveIn("deb http://mirror.example/debian-security sid main\n"));
        assertNull(ServerDownloads.archiveIn(""));
    }

    private IOException refusal(String name, String tool) {
        ServerDownloads downloads = new ServerDownloads(servers, tool, tool);
        return assertThrows(IOException.class, () -> downloads.fetch(name));
    }

    private Path program(String name, String line) throws IOException {
        Path program = servers.resolve(name).resolve("bin/valkey-server");
        Files.createDirectories(program.getParent());
        return Files.writeString(program, "#!/bin/sh\n" + line + "\n");
    }
}
