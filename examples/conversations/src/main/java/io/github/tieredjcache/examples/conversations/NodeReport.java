package io.github.tieredjcache.examples.conversations;

import io.github.tieredjcache.TierStatistics;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What one node reports to the process that started it, in a file.
 *
 * @param tally what its requests saw
 * @param due how many requests would have come at the set rate
 * @param loads how often its loader ran for them
 * @param firstNearHits how many of the first reads the near tier answered, by the library's count
 * @param library what the library's own counters say of the same time
 * @param stampede null if the node was not asked for one
 */
record NodeReport(
        Tally tally,
        long due,
        long loads,
        long firstNearHits,
        LibraryCounts library,
        @Nullable Stampede stampede) implements Serializable {

    /** What the library counted in the same time. */
    record LibraryCounts(long nearHits, long remoteHits, long remoteMisses, long loads, long coalescedLookups)
            implements Serializable {

        static LibraryCounts of(TierStatistics statistics) {
            return new LibraryCounts(
                    statistics.nearHits(),
                    statistics.remoteHits(),
                    statistics.remoteMisses(),
                    statistics.loads(),
                    statistics.coalescedLookups());
        }
    }

    void write(Path file) throws IOException {
        try (var out = new ObjectOutputStream(Files.newOutputStream(file))) {
            out.writeObject(this);
        }
    }

    static NodeReport read(Path file) throws IOException {
        try (var in = new ObjectInputStream(Files.newInputStream(file))) {
            return (NodeReport) in.readObject();
        } catch (ClassNotFoundException e) {
            throw new IOException("A node of another version wrote " + file, e);
        }
    }
}
