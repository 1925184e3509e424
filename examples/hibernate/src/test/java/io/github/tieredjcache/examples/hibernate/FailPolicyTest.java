package io.github.tieredjcache.examples.hibernate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.testkit.RedisServer;
import org.junit.jupiter.api.Test;

/** Why the template does not say {@code outage.policy = fail}. */
class FailPolicyTest {
    @Test
    void aTransactionIsRolledBackInAnOutage() throws Exception {
        Caches.beQuiet();
        try (RedisServer redis = RedisServer.startLocal();
                Database database = Database.start()) {
            System.setProperty("tiered-jcache.redis.uri", redis.uri());
            System.setProperty("tiered-jcache.outage.policy", "fail");
            try (Shop shop = Shop.open(database.settings(true))) {
                shop.addCountry("DE", "Germany");
                shop.add(1, 1, Category.TOOL, TwoNodes.DAY, new Price(500), "DE");
                redis.kill();
                assertThrows(RuntimeException.class, () -> shop.rename(1, "renamed"));
                assertEquals("product 1", database.ask("select name from Product"));
            } finally {
                System.clearProperty("tiered-jcache.redis.uri");
                System.clearProperty("tiered-jcache.outage.policy");
            }
        }
    }
}
