package io.github.tieredjcache.examples.conversations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.examples.conversations.NodeReport.LibraryCounts;
import io.github.tieredjcache.examples.conversations.Origins.Answer;
import io.github.tieredjcache.examples.conversations.ResultTable.Criterion;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ResultTableTest {

    private static NodeReport node(long nearMillis, long remoteMillis, int sourceReads) {
        Tally tally = new Tally();
        tally.read(new Answer(Tier.NEAR, false), TimeUnit.MILLISECONDS.toNanos(nearMillis), true);
        tally.read(new Answer(Tier.REMOTE, false), TimeUnit.MILLISECONDS.toNanos(remoteMillis), true);
        for (int read = 0; read < sourceReads; read++) {
            tally.read(new Answer(Tier.SOURCE, false), TimeUnit.MILLISECONDS.toNanos(20), true);
        }
        return new NodeReport(tally, 100, sourceReads, 0, new LibraryCounts(1, 1, sourceReads, sourceReads, 0), null);
    }

    @Test
    void everyGoalIsMetByAGoodRun() {
        ResultTable table = new ResultTable(node(1, 5, 9), node(1, 5, 0), new Stampede(100, 100, 1, 20), 0);

        assertTrue(table.criteria().stream().allMatch(Criterion::met), table.text());
    }

    @Test
    void aMissedGoalIsPrintedAsMissed() {
        ResultTable table = new ResultTable(node(3, 30, 0), node(3, 30, 2), new Stampede(100, 99, 2, 20), 1);

        assertTrue(table.criteria().stream().noneMatch(Criterion::met), table.text());
        assertEquals(
                6,
                table.text().lines().filter(line -> line.startsWith("MISSED")).count());
        assertTrue(table.text().contains("50.0% of the first 4 reads"), table.text());
    }
}
