package io.github.tieredjcache.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A virtual machine that runs one main class, and the lines that it prints and is told. */
final class ChildJvm implements AutoCloseable {
    private final String what;
    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter orders;

    /**
     * Starts one.
     *
     * @param options of the virtual machine
     * @param arguments of the main class
     */
    ChildJvm(String classPath, List<String> options, Class<?> main, Object... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main.getName()));
        for (Object each : arguments) {
            command.add(each.toString());
        }
        what = main.getSimpleName() + " " + List.of(arguments);
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        orders = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /** Tells it a line. */
    void tell(String line) {
        orders.println(line);
    }

    /** Waits for its next line. */
    String answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException("it has ended without an answer: " + what + "\n"
                        + new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends its input, and waits for its end. */
    @Override
    public void close() {
        orders.close();
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
