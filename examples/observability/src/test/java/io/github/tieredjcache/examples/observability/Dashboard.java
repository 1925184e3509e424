package io.github.tieredjcache.examples.observability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The Grafana dashboard.
 *
 * @param json as Grafana reads it
 */
record Dashboard(JsonNode json) {
    /**
     * A panel, without rows.
     *
     * @param title of the panel
     * @param json of the panel
     * @param queries for Prometheus, with the dashboard's variables in them
     */
    record Panel(String title, JsonNode json, List<String> queries) {}

    static Dashboard read() throws IOException {
        return new Dashboard(new ObjectMapper()
                .readTree(Path.of("grafana", "tiered-jcache.json").toFile()));
    }

    List<Panel> panels() {
        List<Panel> panels = new ArrayList<>();
        for (JsonNode panel : json.get("panels")) {
            if (!panel.get("type").asText().equals("row")) {
                List<String> queries = new ArrayList<>();
                panel.get("targets")
                        .forEach(target -> queries.add(target.get("expr").asText()));
                panels.add(new Panel(panel.get("title").asText(), panel, queries));
            }
        }
        return panels;
    }

    /** The queries of the annotations, with the dashboard's variables in them. */
    List<String> annotationQueries() {
        List<String> queries = new ArrayList<>();
        json.get("annotations")
                .get("list")
                .forEach(each -> queries.add(each.get("expr").asText()));
        return queries;
    }

    /** The queries by which Grafana asks for the values of variables, such as {@code label_values(metric, label)}. */
    List<String> variableQueries() {
        List<String> queries = new ArrayList<>();
        for (JsonNode variable : json.get("templating").get("list")) {
            if (variable.get("type").asText().equals("query")) {
                queries.add(variable.get("query").asText());
            }
        }
        return queries;
    }

    /** A query as Grafana sends it when all is selected, with a rate interval for a scrape a second. */
    static String asSent(String query) {
        return query.replace("$cache", ".*").replace("$instance", ".*").replace("$__rate_interval", "10s");
    }
}
