package io.github.tieredjcache.examples.observability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.testkit.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees of a cache in hawtio, in a real browser. Takes the picture of the page "On call": {@code target/hawtio.png}. */
class ConsoleIT {
    private static final Path PICTURE = Path.of("target", "hawtio.png");
    private static final String BEAN = "io.github.tieredjcache:type=Cache,CacheManager=shop-1,Cache=orders";
    private static final Pattern HIT_PERCENTAGE = Pattern.compile("HitPercentage\\s+([0-9.]+)\\s");

    /** The elements of this selector that show this text, as an array in the page. */
    private static final String SHOWING =
            "[...document.querySelectorAll(\"%s\")].filter(each => each.innerText.trim() === \"%s\")";

    // Chromium's last writes to its profile come after its end.
    @TempDir(cleanup = CleanupMode.NEVER)
    private Path profile;

    @SuppressWarnings("try") // The customers need only be there.
    @Test
    void hawtioShowsTheAttributesOfACacheWithValuesAndDescriptionsAndItsOperations() throws Exception {
        try (RedisServer redis = RedisServer.startLocal();
                ShopNode one = new ShopNode("shop-1", redis.uri(), 0);
                ShopNode other = new ShopNode("shop-2", redis.uri(), 0);
                Hawtio hawtio = new Hawtio(0);
                Chromium browser = Chromium.start(profile);
                Customers customers = new Customers(List.of(one, other))) {
            browser.open(hawtio.url() + "jmx");
            clickWhenThere(browser, "button", "Expand all", 1);
            // One of each node, in the order of their names.
            clickWhenThere(browser, "li[id*=tieredjcache]", "orders", 2);
            Patience.until("hawtio shows the bean", () -> browser.text().contains(BEAN));
            Patience.until("the customers have come back to an order", () -> hitPercentage(browser.text()) > 0);
            String attributes = browser.text();
            assertTrue(hitPercentage(attributes) <= 100, attributes);
            for (String name :
                    List.of("NearHits", "RemoteHits", "Loads", "CoherenceProofAgeMillis", "UndecodableValues")) {
                assertTrue(attributes.matches("(?s).*\\s" + name + "\\s+[0-9]+\\s.*"), name + " in " + attributes);
            }
            assertTrue(attributes.contains("p99Micros"), attributes);
            Files.write(PICTURE, browser.picture());
            assertEquals(1400, ImageIO.read(PICTURE.toFile()).getWidth());

            clickWhenThere(browser, "td", "HitPercentage", 1);
            Patience.until(
                    "hawtio shows what the attribute is",
                    () -> browser.evaluate(
                                    "document.body.innerText + [...document.querySelectorAll('input, textarea')].map(each => each.value)")
                            .asText()
                            .contains("Share of hits in all lookups"));

            clickWhenThere(browser, "a, button", "Operations", 1);
            Patience.until(
                    "hawtio shows the operations",
                    () -> browser.text().contains("explain(") && browser.text().contains("invalidate("));
        }
    }

    private static void clickWhenThere(Chromium browser, String selector, String text, int count) throws Exception {
        String found = String.format(SHOWING, selector, text);
        Patience.until(
                text + " is there, in " + selector,
                () -> browser.evaluate(found + ".length").asInt() == count);
        browser.evaluate(
                "(each => (each.querySelector('button, .pf-v5-c-tree-view__node') ?? each).click())(" + found + "[0])");
    }

    private static double hitPercentage(String text) {
        Matcher shown = HIT_PERCENTAGE.matcher(text);
        return shown.find() ? Double.parseDouble(shown.group(1)) : -1;
    }
}
