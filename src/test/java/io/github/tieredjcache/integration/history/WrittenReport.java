package io.github.tieredjcache.integration.history;

import io.github.tieredjcache.LeaseLostException;
import io.github.tieredjcache.history.Operation;
import io.github.tieredjcache.integration.TableStore;
import java.util.ArrayList;
import java.util.List;
import javax.cache.CacheException;
import javax.cache.integration.CacheWriterException;
import org.jspecify.annotations.Nullable;

/** What one thread, or several, report of a round. Used by one thread at a time. */
final class WrittenReport {
    private static final String OPERATION = "operation ";
    private static final String COMPLAINT = "complaint ";
    private static final String COUNTS = "counts ";

    private final List<Operation> operations = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private long calls;
    private long refused;
    private long failed;
    private long lost;
    private long voided;

    void record(Operation operation) {
        operations.add(operation);
    }

    void complain(String complaint) {
        complaints.add(complaint.replace('\n', ' '));
    }

    /** Counts what one operation has asked of the writer, and how it ended. */
    void did(List<TableStore.Call> asked, @Nullable CacheException thrown) {
        calls += asked.size();
        if (thrown instanceof CacheWriterException) {
            refused++;
        } else if (thrown instanceof LeaseLostException) {
            lost++;
        } else if (thrown != null) {
            failed++;
        }
    }

    /** Counts entries that were removed because a lease was lost. */
    void voided(long entries) {
        voided += entries;
    }

    void add(WrittenReport other) {
        operations.addAll(other.operations);
        complaints.addAll(other.complaints);
        calls += other.calls;
        refused += other.refused;
        failed += other.failed;
        lost += other.lost;
        voided += other.voided;
    }

    List<Operation> operations() {
        return operations;
    }

    List<String> complaints() {
        return complaints;
    }

    /** Returns how often the writer was asked for a key. */
    long calls() {
        return calls;
    }

    /** Returns how many operations the writer refused. */
    long refused() {
        return refused;
    }

    /** Returns how many operations failed for other reasons. */
    long failed() {
        return failed;
    }

    /** Returns how many operations failed because their lease was lost. */
    long lost() {
        return lost;
    }

    /** Returns how many entries were removed because an operation lost its lease without an exception. */
    long voided() {
        return voided;
    }

    /** Returns the report as lines, for {@link #parse}. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        operations.forEach(each -> lines.add(OPERATION + each.line()));
        complaints.forEach(each -> lines.add(COMPLAINT + each));
        lines.add(COUNTS + calls + " " + refused + " " + failed + " " + lost + " " + voided);
        return lines;
    }

    static WrittenReport parse(List<String> lines) {
        WrittenReport report = new WrittenReport();
        for (String line : lines) {
            if (line.startsWith(OPERATION)) {
                report.record(Operation.parse(line.substring(OPERATION.length())));
            } else if (line.startsWith(COMPLAINT)) {
                report.complain(line.substring(COMPLAINT.length()));
            } else {
                String[] counts = line.substring(COUNTS.length()).split(" ", -1);
                report.calls += Long.parseLong(counts[0]);
                report.refused += Long.parseLong(counts[1]);
                report.failed += Long.parseLong(counts[2]);
                report.lost += Long.parseLong(counts[3]);
                report.voided += Long.parseLong(counts[4]);
            }
        }
        return report;
    }
}
