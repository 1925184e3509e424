package io.github.tieredjcache.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tieredjcache.Crew;
import io.github.tieredjcache.Pages;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The answers on the page of Spring are those of the endpoint, and its status shows an outage. */
class EndpointPageIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ANSWER = Pattern.compile("(?ms)^```\n(\\{.*?^\\})\n```$");
    /** The values that are different each time. */
    private static final Pattern VARYING =
            Pattern.compile("\"(redis|near\\w+Millis|remote\\w+Millis|redisKey|epoch|version)\":(\"[^\"]*\"|\\d+)");

    @Test
    void theAnswersOfThePageAreThoseOfTheEndpoint() throws Exception {
        try (RedisServer redis = RedisServer.startLocal();
                ShopNode node = new ShopNode(
                        new Shop(),
                        ShopNode.redis(redis.uri()),
                        "tiered-jcache.expiry.created=10m",
                        "management.endpoints.web.exposure.include=tieredjcache")) {
            node.shop().find(4711);
            node.shop().find(4711);
            TieredCachesEndpoint endpoint = node.bean(TieredCachesEndpoint.class);
            assertEquals(
                    ANSWER.matcher(Pages.read("spring"))
                            .results()
                            .map(answer -> steady(answer.group(1)))
                            .toList(),
                    List.of(json(endpoint.caches()), json(endpoint.explain("products", "4711"))));

            redis.kill();
            String status = "Redis at 127.0.0.1:" + redis.port() + " has been unavailable for ";
            Crew.until(() -> json(endpoint.caches()).contains("\"status\":\"" + status));
        }
    }

    private static String json(Object answer) {
        return steady(JSON.valueToTree(answer).toString());
    }

    private static String steady(String answer) {
        try {
            return VARYING.matcher(JSON.readTree(answer).toString()).replaceAll("\"$1\":…");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(answer, e);
        }
    }
}
