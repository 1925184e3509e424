package io.github.tieredjcache.examples.growingcluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.testkit.RedisCluster;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class GrowthTest {

    @Test
    void theFourthMasterHasItsShareAndNoReadIsWrongMeanwhile() throws InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Growth.Result result;
        try (RedisCluster redis = RedisCluster.start(3, 0)) {
            result = new Growth(redis, 2_000, 200, new PrintStream(bytes, true, UTF_8)).run();
        }

        String printed = bytes.toString(UTF_8);
        assertEquals(0, result.wrong(), printed);
        assertEquals(0, result.failed(), printed);
        assertTrue(result.reads() > 0 && result.writes() > 0, printed);
        assertEquals(4, result.keys().size(), printed);
        long all = result.keys().stream().mapToLong(Long::longValue).sum();
        result.keys().forEach(each -> assertTrue(each > all / 5 && each < all / 3, printed));
        assertTrue(printed.contains("four masters"), printed);
    }
}
