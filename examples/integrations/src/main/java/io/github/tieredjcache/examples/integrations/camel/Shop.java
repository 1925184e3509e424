package io.github.tieredjcache.examples.integrations.camel;

import java.util.function.Consumer;
import javax.cache.CacheManager;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.jcache.JCacheConstants;
import org.apache.camel.impl.DefaultCamelContext;

/** A node of the shop: a {@code CamelContext} with the routes, and what is sent to them. */
public final class Shop implements AutoCloseable {
    private final CamelContext context = new DefaultCamelContext();
    private final ProducerTemplate template;

    /** Starts a node; the parameters are those of {@link OrderRoutes}. */
    public Shop(CacheManager caches, Consumer<String> desk) throws Exception {
        context.getRegistry().bind("caches", new SharedCaches(caches));
        context.addRoutes(new OrderRoutes(caches, desk));
        context.start();
        template = context.createProducerTemplate();
    }

    void save(String id, Product product) {
        template.sendBodyAndHeader("direct:save", product, JCacheConstants.KEY, id);
    }

    Product find(String id) {
        return template.requestBodyAndHeader("direct:find", null, JCacheConstants.KEY, id, Product.class);
    }

    void order(String id) {
        template.sendBodyAndHeader("direct:order", "order " + id, "orderId", id);
    }

    void line(String id, String text) {
        template.sendBodyAndHeader("direct:line", text, "orderId", id);
    }

    @Override
    public void close() {
        context.stop();
    }
}
