package io.github.tieredjcache.integration;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * The lines that this project writes to the log of this process while this is open, from {@code INFO} on; without those
 * about the start of caches, unless only these are wanted, and without the one about what an old Redis lacks.
 */
public final class LogLines extends Handler implements AutoCloseable {
    private static final String OF_STARTS = "io.github.tieredjcache.cache";
    /** Part of the line about what an old Redis lacks. */
    private static final String LACK = " is Redis ";

    private final Logger logger = Logger.getLogger("io.github.tieredjcache");
    private final boolean ofStarts;
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final List<String> lines = new CopyOnWriteArrayList<>();

    public LogLines() {
        this(false);
    }

    private LogLines(boolean ofStarts) {
        this.ofStarts = ofStarts;
        logger.addHandler(this);
    }

    /** Returns the lines about the start of caches. */
    public static LogLines ofStarts() {
        return new LogLines(true);
    }

    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void publish(LogRecord logged) {
        String text = formatter.formatMessage(logged);
        if (logged.getLevel().intValue() >= Level.INFO.intValue()
                && OF_STARTS.equals(logged.getLoggerName()) == ofStarts
                && !text.contains(LACK)) {
            lines.add(logged.getLevel() + " " + text);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
