package io.github.tieredjcache.examples.integrations.camel;

import java.util.function.Consumer;
import javax.cache.CacheManager;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.jcache.processor.aggregate.JCacheAggregationRepository;
import org.apache.camel.component.jcache.processor.idempotent.JCacheIdempotentRepository;
import org.apache.camel.support.DefaultExchangeHolder;

/** Routes of a shop that runs on several nodes. */
public final class OrderRoutes extends RouteBuilder {
    private final CacheManager caches;
    private final Consumer<String> desk;

    /**
     * Creates the routes of a node.
     *
     * @param caches those of {@code camel.conf}
     * @param desk gets each order once
     */
    public OrderRoutes(CacheManager caches, Consumer<String> desk) {
        this.caches = caches;
        this.desk = desk;
    }

    @Override
    public void configure() {
        from("direct:save").to("jcache:camel-products?action=PUT");
        from("direct:find").to("jcache:camel-products?action=GET");

        from("direct:order")
                .idempotentConsumer(header("orderId"), processed())
                .process(exchange -> desk.accept(exchange.getMessage().getBody(String.class)));

        from("direct:line")
                .aggregate(header("orderId"), OrderRoutes::joined)
                .aggregationRepository(groups())
                .completionSize(3)
                .process(exchange -> desk.accept(exchange.getMessage().getBody(String.class)));
    }

    /** In the message itself: what a strategy keeps beside it, as some of Camel's own do, does not get to another node. */
    private static Exchange joined(Exchange group, Exchange added) {
        if (group != null) {
            String line = added.getMessage().getBody(String.class);
            group.getMessage().setBody(group.getMessage().getBody(String.class) + ", " + line);
        }
        return group == null ? added : group;
    }

    private JCacheIdempotentRepository processed() {
        JCacheIdempotentRepository processed = new JCacheIdempotentRepository();
        processed.setCache(caches.getCache("camel-processed", String.class, Boolean.class));
        return processed;
    }

    private JCacheAggregationRepository groups() {
        JCacheAggregationRepository groups = new JCacheAggregationRepository();
        groups.setCache(caches.getCache("camel-groups", String.class, DefaultExchangeHolder.class));
        return groups;
    }
}
