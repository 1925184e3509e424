package io.github.tieredjcache.testkit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Freezes processes and resumes them, as a machine that is short of something does; on systems with POSIX signals. */
public final class ProcessSignals {
    private static final long STOP_WITHIN_MILLIS = 60_000;
    private static final int POLL_MILLIS = 10;

    private ProcessSignals() {}

    /**
     * Freezes a process (SIGSTOP) and returns once it is stopped.
     *
     * @param name of the process, for messages
     * @throws IllegalStateException if it does not stop
     */
    public static void stop(Process process, String name) {
        send("STOP", process, name);
        long deadline = System.nanoTime() + MILLISECONDS.toNanos(STOP_WITHIN_MILLIS);
        while (state(process) != 'T') {
            if (System.nanoTime() - deadline > 0 || hasExitedWithin(process, POLL_MILLIS)) {
                throw new IllegalStateException(name + " did not stop on SIGSTOP");
            }
        }
    }

    /**
     * Resumes a frozen process (SIGCONT).
     *
     * @param name of the process, for messages
     * @throws IllegalStateException if it cannot be signalled
     */
    public static void resume(Process process, String name) {
        send("CONT", process, name);
    }

    private static void send(String signal, Process process, String name) {
        // The shell's own kill: small systems come without the program.
        String output = run("sh", "-c", "kill -" + signal + " " + process.pid());
        if (!output.isEmpty()) {
            throw new IllegalStateException("Cannot send SIG" + signal + " to " + name + ": " + output);
        }
    }

    /** The process's state as ps shows it; T is stopped. */
    private static char state(Process process) {
        Path stat = Path.of("/proc/" + process.pid() + "/stat");
        if (Files.exists(stat)) {
            try {
                // The state follows the program's name in parentheses.
                String line = Files.readString(stat);
                return line.charAt(line.lastIndexOf(')') + 2);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read " + stat, e);
            }
        }
        return run("ps", "-o", "state=", "-p", Long.toString(process.pid())).charAt(0);
    }

    private static String run(String... command) {
        try {
            Process run = new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var output = run.inputReader()) {
                return String.join("\n", output.lines().toList()).strip();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + command[0], e);
        }
    }

    private static boolean hasExitedWithin(Process process, long millis) {
        try {
            return process.waitFor(millis, MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for a process to stop", e);
        }
    }
}
