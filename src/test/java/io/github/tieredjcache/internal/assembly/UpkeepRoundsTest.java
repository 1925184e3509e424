package io.github.tieredjcache.internal.assembly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UpkeepRoundsTest {
    private final List<Integer> ran = new ArrayList<>();

    @Test
    void aSingleTaskRunsInEachRound() {
        UpkeepRounds rounds = rounds(1);
        rounds.next();
        rounds.next();
        assertEquals(List.of(0, 0), ran);
    }

    @Test
    void eachOfManyTasksRunsOnceInSixRoundsAndAboutAsManyInEach() {
        UpkeepRounds rounds = rounds(65);
        for (int i = 0; i < 6; i++) {
            int before = ran.size();
            rounds.next();
            assertTrue(ran.size() - before <= 11, ran::toString);
        }
        assertEquals(
                IntStream.range(0, 65).boxed().toList(), ran.stream().sorted().toList());
    }

    private UpkeepRounds rounds(int tasks) {
        return new UpkeepRounds(IntStream.range(0, tasks)
                .<Runnable>mapToObj(i -> () -> ran.add(i))
                .toList());
    }
}
