package io.github.tieredjcache.examples.observability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a console sees and does over HTTP, through Jolokia. */
class JmxTest {
    private static final String DOMAIN = "io.github.tieredjcache";
    private static final String BEAN = DOMAIN + ":type=Cache,CacheManager=shop-1,Cache=orders";

    /** Where pages come from that are served. */
    private static final String HERE = "http://127.0.0.1:9104";

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();
    private final RedisServer redis = RedisServer.startLocal();
    private ShopNode one;
    private ShopNode other;
    private JmxEndpoint jmx;

    @BeforeEach
    void open() throws IOException {
        one = new ShopNode("shop-1", redis.uri(), 0);
        other = new ShopNode("shop-2", redis.uri(), 0);
        jmx = new JmxEndpoint(0);
    }

    @AfterEach
    void close() {
        jmx.close();
        one.close();
        other.close();
        redis.close();
    }

    @Test
    void theListHasTheBeansOfBothNodesAndDescribesEachAttribute() throws Exception {
        JsonNode beans = value(Map.of("type", "list", "path", DOMAIN));
        Set<String> names = new TreeSet<>();
        beans.fieldNames().forEachRemaining(names::add);
        assertEquals(
                Set.of(
                        "type=Cache,CacheManager=shop-1,Cache=orders",
                        "type=Cache,CacheManager=shop-2,Cache=orders",
                        "type=CacheManager,CacheManager=shop-1",
                        "type=CacheManager,CacheManager=shop-2"),
                names);
        for (JsonNode bean : beans) {
            assertTrue(bean.get("attr").size() >= 5, bean::toString);
            for (JsonNode attribute : bean.get("attr")) {
                assertTrue(attribute.get("desc").asText().contains(" "), attribute::toString);
                assertFalse(attribute.get("rw").asBoolean(), attribute::toString);
            }
        }
        JsonNode cache = beans.get("type=Cache,CacheManager=shop-1,Cache=orders");
        assertTrue(cache.at("/attr/HitPercentage/desc").asText().startsWith("Share of hits"), cache::toString);
        assertTrue(cache.at("/op/explain/args/0/desc").asText().startsWith("The key as text"), cache::toString);
    }

    @Test
    void attributesAndTheirPartsAreRead() throws Exception {
        one.orders().get("1");
        one.orders().get("1");
        one.orders().get("1");
        one.orders().get("2");
        JsonNode all = value(Map.of("type", "read", "mbean", BEAN));
        assertEquals(2, all.get("NearHits").asLong());
        assertEquals(2, all.get("Loads").asLong());
        assertEquals(50, all.get("HitPercentage").asDouble());
        assertEquals(2, all.at("/SourceLatency/count").asLong());

        JsonNode latency = value(Map.of("type", "read", "mbean", BEAN, "attribute", "SourceLatency"));
        assertEquals(all.get("SourceLatency"), latency);
        assertTrue(
                latency.get("maxMicros").asDouble() >= latency.get("p50Micros").asDouble(), latency::toString);
        assertTrue(latency.get("p50Micros").asDouble() > 0, latency::toString);
        assertEquals(
                2,
                value(Map.of("type", "read", "mbean", BEAN, "attribute", "SourceLatency", "path", "count"))
                        .asLong());
    }

    @Test
    void aKeyIsExplainedAndInvalidatedForBothNodes() throws Exception {
        one.orders().get("1");
        other.orders().get("1");
        JsonNode before = operate("explain", "1");
        assertEquals("present", before.get("near").asText());
        assertEquals("present", before.get("remote").asText());
        assertEquals("this node", before.get("lastWriter").asText());

        assertTrue(operate("invalidate", "1").asText().contains("was removed from the near tier and Redis"));

        JsonNode after = operate("explain", "1");
        assertEquals("absent", after.get("near").asText());
        assertEquals("absent", after.get("remote").asText());
        long loads = loads();
        one.orders().get("1");
        assertEquals(loads + 1, loads());
    }

    @Test
    void otherOperationsWritesAndOriginsAreRefused() throws Exception {
        Map<String, Object> gc = Map.of("type", "exec", "mbean", "java.lang:type=Memory", "operation", "gc");
        assertRefused("gc forbidden", post(gc, HERE));
        Map<String, Object> verbose =
                Map.of("type", "write", "mbean", "java.lang:type=Memory", "attribute", "Verbose", "value", true);
        assertRefused("Verbose forbidden", post(verbose, HERE));

        Map<String, Object> harmless = Map.of("type", "read", "mbean", BEAN, "attribute", "Hits");
        assertEquals(200, post(harmless, HERE).get("status").asInt());
        assertRefused("Origin", post(harmless, "http://example.com"));
        String withoutBody = jmx.url() + "read/" + BEAN + "/Hits";
        assertRefused(
                "method", answer(HttpRequest.newBuilder(URI.create(withoutBody)).header("Origin", HERE)));
    }

    private static void assertRefused(String reason, JsonNode answer) {
        assertEquals(403, answer.get("status").asInt(), answer::toString);
        assertTrue(answer.get("error").asText().contains(reason), answer::toString);
    }

    private long loads() throws Exception {
        return value(Map.of("type", "read", "mbean", BEAN, "attribute", "Loads"))
                .asLong();
    }

    private JsonNode operate(String operation, Object... arguments) throws Exception {
        return value(Map.of("type", "exec", "mbean", BEAN, "operation", operation, "arguments", arguments));
    }

    private JsonNode value(Map<String, Object> request) throws Exception {
        JsonNode answer = post(request, HERE);
        assertEquals(200, answer.get("status").asInt(), answer::toString);
        return answer.get("value");
    }

    private JsonNode post(Map<String, Object> request, String origin) throws Exception {
        return answer(HttpRequest.newBuilder(URI.create(jmx.url()))
                .header("Origin", origin)
                .POST(BodyPublishers.ofString(mapper.writeValueAsString(request))));
    }

    private JsonNode answer(HttpRequest.Builder request) throws Exception {
        return mapper.readTree(
                http.send(request.build(), BodyHandlers.ofString()).body());
    }
}
