package io.github.tieredjcache.examples.observability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.tieredjcache.testkit.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alerts and dashboard on a real Prometheus that scrapes two nodes under traffic. */
class PrometheusIT {
    private static final Path CONFIGURATION = Path.of("prometheus");
    private static final Path PICTURE = Path.of("target", "first-row.svg");
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");
    private static final List<AutoCloseable> closing = new ArrayList<>();

    private static PrometheusPrograms programs;
    private static PrometheusServer prometheus;
    private static Mishaps mishaps;
    private static List<String> nodes;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        programs = PrometheusPrograms.find();
        RedisServer redis = closedAtLast(RedisServer.startLocal());
        ShopNode one = closedAtLast(new ShopNode("shop-1", redis.uri(), 0));
        ShopNode other = closedAtLast(new ShopNode("shop-2", redis.uri(), 0));
        closedAtLast(new Customers(List.of(one, other)));
        mishaps = new Mishaps(one, redis);
        nodes = List.of(one.address(), other.address());
        prometheus = closedAtLast(PrometheusServer.start(programs, folder, nodes));
    }

    private static <T extends AutoCloseable> T closedAtLast(T resource) {
        closing.add(0, resource);
        return resource;
    }

    @AfterAll
    static void close() throws Exception {
        for (AutoCloseable each : closing) {
            each.close();
        }
    }

    @Test
    void configurationAndAlertsAreValidAndTheAlertsFireWhenTheyShould() throws Exception {
        programs.promtool(CONFIGURATION, "check", "config", "prometheus.yml");
        programs.promtool(CONFIGURATION, "test", "rules", "alerts-test.yml");
    }

    @Test
    void theAlertFiresWhileRedisIsDead() throws Exception {
        String alert = "TieredCacheRedisUnavailable";
        Patience.until("both nodes are scraped", () -> prometheus.value("sum(up)") == 2);
        assertEquals(List.of(), prometheus.firing(alert));
        mishaps.killRedis();
        try {
            Patience.until(
                    "the alert fires for both nodes",
                    () -> Set.copyOf(prometheus.firing(alert)).equals(Set.copyOf(nodes)));
        } finally {
            mishaps.restartRedis();
        }
        Patience.until("the alert is over", () -> prometheus.firing(alert).isEmpty());
    }

    /** Draws the first row of the dashboard in the outage: {@code target/first-row.svg}. */
    private static void takePicture() throws Exception {
        for (Dashboard.Panel panel : FirstRow.panels()) {
            String sent = Dashboard.asSent(panel.queries().get(0));
            Patience.until(panel.title() + " has a value", () -> Double.isFinite(prometheus.value(sent)));
        }
        Files.writeString(PICTURE, FirstRow.draw(prometheus));
    }

    @Test
    void noPanelIsEmpty() throws Exception {
        mishaps.failToLoad();
        mishaps.damageAValue();
        mishaps.killRedis();
        Patience.until("both nodes know", () -> prometheus.value("sum(tiered_cache_remote_unavailable)") == 2);
        takePicture();
        mishaps.restartRedis();
        Patience.until("both nodes know", () -> prometheus.value("sum(tiered_cache_remote_unavailable)") == 0);

        for (Dashboard.Panel panel : Dashboard.read().panels()) {
            for (String query : panel.queries()) {
                String sent = Dashboard.asSent(query);
                // Two scrapes in ten seconds after the outage; what nobody did in these is no number yet.
                Patience.until(panel.title() + ": " + sent, () -> {
                    List<JsonNode> series = prometheus.query(sent);
                    return !series.isEmpty()
                            && series.stream()
                                    .mapToDouble(PrometheusServer::value)
                                    .allMatch(Double::isFinite);
                });
            }
        }
        for (String query : Dashboard.read().annotationQueries()) {
            String sent = Dashboard.asSent(query).replace("10s", "10m");
            Patience.until(sent, () -> !prometheus.query(sent).isEmpty());
        }
        for (String query : Dashboard.read().variableQueries()) {
            Matcher asked = LABEL_VALUES.matcher(query);
            assertTrue(asked.matches(), query);
            List<JsonNode> series = prometheus.query(asked.group(1));
            assertEquals(2, series.size(), query);
            assertTrue(series.stream().allMatch(each -> each.get("metric").has(asked.group(2))), query);
        }

        // And they show what was done.
        assertTrue(prometheus.value("sum(tiered_cache_load_failures_total)") >= 1);
        assertTrue(prometheus.value("sum(tiered_cache_undecodable_values_total{reason=\"format\"})") >= 1);
        assertTrue(prometheus.value("min(tiered_cache_remote_outages_total)") >= 1);
        assertTrue(prometheus.value("sum(tiered_cache_local_operations_total)") >= 1);
        for (String name : List.of("near_hits", "remote_hits", "remote_misses")) {
            assertTrue(prometheus.value("sum(tiered_cache_" + name + "_total)") > 0, name);
        }
    }
}
