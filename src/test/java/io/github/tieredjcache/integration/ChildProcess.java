package io.github.tieredjcache.integration;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.testkit.ProcessSignals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program of these tests in a process of its own, on the same Java and class path as this one. A line goes in, lines come out;
 * it ends when its input does.
 */
public final class ChildProcess implements AutoCloseable {
    private static final int END_WITHIN_SECONDS = 60;

    private final String name;
    private final Process process;
    private final Path errors;
    private final PrintStream toProcess;
    private final BufferedReader fromProcess;

    public ChildProcess(Class<?> program, String... arguments) throws IOException {
        this(options(), System.getProperty("java.class.path"), program, arguments);
    }

    /** Starts one with other options of the JVM, and on another class path. */
    public ChildProcess(List<String> options, String classPath, Class<?> program, String... arguments)
            throws IOException {
        name = "the process of " + program.getSimpleName();
        errors = Files.createTempFile(program.getSimpleName(), ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, program.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        toProcess = new PrintStream(process.getOutputStream(), true, UTF_8);
        fromProcess = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    private static List<String> options() {
        List<String> options = new ArrayList<>(List.of("-Xmx256m"));
        // The machine that runs the test is the same kind of machine.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-XX:"))
                .forEach(options::add);
        return options;
    }

    public void send(String line) {
        toProcess.println(line);
    }

    /** Returns the next line that it says. */
    public String receive() throws IOException {
        String line = fromProcess.readLine();
        if (line == null) {
            throw new IOException(name + " ended and said " + Files.readString(errors));
        }
        return line;
    }

    /** Returns the lines that it says before this one. */
    public List<String> receiveUntil(String end) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = receive(); !line.equals(end); line = receive()) {
            lines.add(line);
        }
        return lines;
    }

    /** Freezes all its threads at once; it does not notice. */
    public void stop() {
        ProcessSignals.stop(process, name);
    }

    public void resume() {
        ProcessSignals.resume(process, name);
    }

    /** Ends it without a word, as kill -9 does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(END_WITHIN_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(name + " survived SIGKILL");
        }
    }

    @Override
    public void close() throws IOException {
        toProcess.close();
        try {
            if (!process.waitFor(END_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        fromProcess.close();
        Files.deleteIfExists(errors);
    }
}
