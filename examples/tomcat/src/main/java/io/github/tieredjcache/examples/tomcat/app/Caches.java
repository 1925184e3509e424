package io.github.tieredjcache.examples.tomcat.app;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.net.URI;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;

/** Opens the caches when the application starts, and closes them when it stops: threads, connections and MBeans end with that. */
@WebListener
public final class Caches implements ServletContextListener {
    private static final String ORDERS = "orders";

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        // A URI of its own is the name of the application's manager in JMX.
        URI name = URI.create("shop" + context.getContextPath());
        CacheManager manager =
                Caching.getCachingProvider().getCacheManager(name, getClass().getClassLoader());
        context.setAttribute(ORDERS, manager.getCache(ORDERS));
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        Caching.getCachingProvider().close();
    }

    @SuppressWarnings("unchecked")
    static Cache<String, String> orders(ServletContext context) {
        return (Cache<String, String>) context.getAttribute(ORDERS);
    }
}
