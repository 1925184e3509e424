package io.github.tieredjcache.examples.hibernate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Why the template does not say {@code outage.policy = fail}. */
class FailPolicyTest {
    @Test
    void aTransactionIsRolledBackWhileRedisIsAway() throws Exception {
        System.setProperty("tiered-jcache.outage.policy", "fail");
        try (TwoNodes nodes = TwoNodes.start()) {
            nodes.add(1, 1, Category.TOOL);
            nodes.redis.kill();
            assertThrows(RuntimeException.class, () -> nodes.here.rename(1, "renamed"));
            assertEquals("product 1", nodes.database.ask("select name from Product"));
        } finally {
            System.clearProperty("tiered-jcache.outage.policy");
        }
    }
}
