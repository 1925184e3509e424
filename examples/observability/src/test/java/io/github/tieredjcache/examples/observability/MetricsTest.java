package io.github.tieredjcache.examples.observability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.testkit.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a scrape of the two nodes finds, and that dashboard and alerts ask for nothing else. */
class MetricsTest {
    private static final Pattern METRIC = Pattern.compile("tiered_cache_[a-z0-9_]+");
    private static final String RUNBOOK =
            "https://github.com/tieredjcache/tiered-jcache/blob/main/src/site/markdown/on-call.md#";

    private final HttpClient http = HttpClient.newHttpClient();
    private final RedisServer redis = RedisServer.startLocal();
    private ShopNode one;
    private ShopNode other;

    @BeforeEach
    void open() throws IOException {
        one = new ShopNode("shop-1", redis.uri(), 0);
        other = new ShopNode("shop-2", redis.uri(), 0);
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
        redis.close();
    }

    @Test
    void aScrapeHasTheNumbersOfEachNode() throws Exception {
        // The first scrape notices the caches, the second has them.
        scrape(one);
        scrape(other);
        one.orders().get("1");
        one.orders().get("1");
        other.orders().get("1");
        new Mishaps(one, redis).failToLoad();

        assertEquals(1, value(one, "near_hits_total"));
        assertEquals(0, value(one, "remote_hits_total"));
        assertEquals(2, value(one, "remote_misses_total"));
        assertEquals(2, value(one, "loads_total"));
        assertEquals(1, value(one, "load_failures_total"));
        assertEquals(2, value(one, "source_latency_seconds_count"));
        assertEquals(1, value(other, "remote_hits_total"));
        assertEquals(0, value(other, "loads_total"));
        assertEquals(2, value(other, "staleness_bound_seconds"));
    }

    @Test
    void aDamagedValueIsCountedByItsReason() throws Exception {
        new Mishaps(one, redis).damageAValue();
        scrape(one);
        Pattern format = Pattern.compile("tiered_cache_undecodable_values_total\\{.*reason=\"format\"} 1.0");
        assertTrue(scrape(one).lines().anyMatch(line -> format.matcher(line).matches()), scrape(one));
    }

    @Test
    void dashboardAndAlertsUseExistingMetersOnly() throws Exception {
        scrape(one);
        Set<String> there = metrics(scrape(one));
        StringBuilder asked = new StringBuilder(Files.readString(Path.of("prometheus", "alerts.yml")));
        Dashboard.read().panels().forEach(panel -> asked.append(panel.queries()));
        Dashboard.read().annotationQueries().forEach(asked::append);
        Set<String> unknown = metrics(asked.toString());
        assertTrue(unknown.size() > 20, unknown::toString);
        unknown.removeAll(there);
        assertEquals(Set.of(), unknown);
    }

    @Test
    void eachAlertLinksToAHeadingOfThePageOnCall() throws Exception {
        List<String> headings =
                Files.readAllLines(Path.of("..", "..", "src", "site", "markdown", "on-call.md")).stream()
                        .filter(line -> line.startsWith("### "))
                        .map(line -> line.substring(4))
                        .toList();
        List<String> rules = Files.readAllLines(Path.of("prometheus", "alerts.yml"));
        List<String> alerts = rules.stream()
                .filter(line -> line.contains("- alert: "))
                .map(line -> line.replaceFirst(".*: ", ""))
                .toList();
        assertEquals(Set.copyOf(headings), Set.copyOf(alerts));
        assertEquals(
                alerts.stream()
                        .map(alert -> RUNBOOK + alert.toLowerCase(Locale.ROOT))
                        .toList(),
                rules.stream()
                        .filter(line -> line.contains("runbook_url: "))
                        .map(line -> line.replaceFirst(".*runbook_url: ", ""))
                        .toList());
    }

    @Test
    void theFirstRowHasThresholds() throws Exception {
        List<Dashboard.Panel> first = Dashboard.read().panels().stream()
                .filter(panel -> panel.json().get("gridPos").get("y").asInt() == 1)
                .toList();
        assertEquals(
                List.of("Status", "Unavailable", "Hit rate now", "Failed loads", "Refused values", "Unreadable values"),
                first.stream().map(Dashboard.Panel::title).toList());
        for (Dashboard.Panel panel : first) {
            assertTrue(panel.json().at("/fieldConfig/defaults/thresholds/steps").size() > 1, panel.title());
        }
    }

    @Test
    void eachPanelOfTheDashboardHasAQueryAndNoPanelsOverlap() throws Exception {
        Set<Integer> ids = new HashSet<>();
        Set<String> squares = new HashSet<>();
        for (Dashboard.Panel panel : Dashboard.read().panels()) {
            assertTrue(ids.add(panel.json().get("id").asInt()), panel.title());
            assertFalse(panel.queries().isEmpty(), panel.title());
            assertFalse(panel.json().get("description").asText().isBlank(), panel.title());
            var place = panel.json().get("gridPos");
            for (int x = 0; x < place.get("w").asInt(); x++) {
                for (int y = 0; y < place.get("h").asInt(); y++) {
                    int column = place.get("x").asInt() + x;
                    assertTrue(column < 24, panel.title());
                    assertTrue(squares.add(column + "," + (place.get("y").asInt() + y)), panel.title());
                }
            }
        }
    }

    @Test
    void thePageOfTheMetricsShowsTheCodeOfThisExample() throws Exception {
        String section = Files.readString(Path.of("..", "..", "src", "site", "markdown", "metrics.md"));
        String shown = section.substring(
                section.indexOf("```java\n") + 8, section.indexOf("\n```\n", section.indexOf("```java")));
        Path node = Path.of("src/main/java", ShopNode.class.getName().replace('.', '/') + ".java");
        assertTrue(Files.readString(node).contains(shown.indent(8).stripTrailing()), shown);
    }

    private double value(ShopNode node, String name) throws Exception {
        String manager = node == one ? "shop-1" : "shop-2";
        String start = "tiered_cache_" + name + "{cache=\"orders\",cache_manager=\"" + manager + "\"} ";
        List<String> lines =
                scrape(node).lines().filter(line -> line.startsWith(start)).toList();
        assertEquals(1, lines.size(), start);
        return Double.parseDouble(lines.get(0).substring(start.length()));
    }

    private String scrape(ShopNode node) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://" + node.address() + "/metrics"))
                        .build(),
                BodyHandlers.ofString());
        assertEquals(200, answer.statusCode());
        return answer.body();
    }

    private static Set<String> metrics(String text) {
        return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }
}
