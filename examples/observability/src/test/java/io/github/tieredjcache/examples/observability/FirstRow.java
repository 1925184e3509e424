package io.github.tieredjcache.examples.observability;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Draws the first row of the dashboard without Grafana: titles, places, colours and words of its JSON, values of Prometheus. */
final class FirstRow {
    private static final int FIRST_Y = 1;
    private static final int UNIT_WIDTH = 40;
    private static final int UNIT_HEIGHT = 22;
    private static final int GAP = 4;
    private static final double PERCENT = 100;
    private static final Map<String, String> COLORS = Map.of("green", "#73bf69", "yellow", "#fade2a", "red", "#f2495c");

    private FirstRow() {}

    static List<Dashboard.Panel> panels() throws IOException {
        return Dashboard.read().panels().stream()
                .filter(panel -> panel.json().get("gridPos").get("y").asInt() == FIRST_Y)
                .toList();
    }

    /** Returns an SVG. */
    static String draw(PrometheusServer prometheus) throws Exception {
        StringBuilder picture = new StringBuilder();
        int width = 0;
        int height = 0;
        for (Dashboard.Panel panel : panels()) {
            JsonNode place = panel.json().get("gridPos");
            int x = place.get("x").asInt() * UNIT_WIDTH;
            int panelWidth = place.get("w").asInt() * UNIT_WIDTH - GAP;
            width = Math.max(width, x + panelWidth);
            height = place.get("h").asInt() * UNIT_HEIGHT;
            double value = prometheus.value(Dashboard.asSent(panel.queries().get(0)));
            picture.append(String.format(
                    Locale.ROOT,
                    """
                      <rect x="%d" width="%d" height="%d" rx="3" fill="%s"/>
                      <text x="%d" y="22" font-size="14">%s</text>
                      <text x="%d" y="%d" font-size="30" text-anchor="middle">%s</text>
                    """,
                    x,
                    panelWidth,
                    height,
                    color(panel.json(), value),
                    x + 2 * GAP,
                    panel.title(),
                    x + panelWidth / 2,
                    height / 2 + 18,
                    text(panel.json(), value)));
        }
        return String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" fill="#111217">
                %s</svg>
                """, width, height, picture);
    }

    private static JsonNode defaults(JsonNode panel) {
        return panel.get("fieldConfig").get("defaults");
    }

    /** Returns the color of the last step that the value has reached. */
    private static String color(JsonNode panel, double value) {
        String color = "";
        for (JsonNode step : defaults(panel).get("thresholds").get("steps")) {
            if (step.get("value").isNull() || value >= step.get("value").asDouble()) {
                color = step.get("color").asText();
            }
        }
        return COLORS.get(color);
    }

    private static String text(JsonNode panel, double value) {
        String number = String.valueOf(Math.round(value));
        for (JsonNode mapping : defaults(panel).path("mappings")) {
            JsonNode text = mapping.get("options").path(number).path("text");
            if (!text.isMissingNode()) {
                return text.asText();
            }
        }
        return defaults(panel).get("unit").asText().equals("percentunit") ? Math.round(PERCENT * value) + "%" : number;
    }
}
