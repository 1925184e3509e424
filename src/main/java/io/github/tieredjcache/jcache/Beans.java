package io.github.tieredjcache.jcache;

import java.lang.management.ManagementFactory;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * The presence of one bean of one cache in the platform's MBean server, under the name that JCache prescribes.
 *
 * <p>Guarded by its cache's life cycle lock.
 */
final class Beans {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.jmx");

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final String type;
    private final TieredCache<?, ?> cache;
    private final Object bean;
    private @Nullable ObjectName registered;

    /**
     * Creates a bean's presence, absent at first.
     *
     * @param type {@code CacheStatistics} or {@code CacheConfiguration}
     */
    Beans(String type, TieredCache<?, ?> cache, Object bean) {
        this.type = type;
        this.cache = cache;
        this.bean = bean;
    }

    /** Registers or unregisters the bean. */
    void show(boolean shown) {
        try {
            if (shown && registered == null) {
                ObjectName name = name();
                server.registerMBean(bean, name);
                registered = name;
            } else if (!shown && registered != null) {
                ObjectName name = registered;
                registered = null;
                server.unregisterMBean(name);
            }
        } catch (InstanceAlreadyExistsException e) {
            // Another application of this JVM has a cache of the same name; its bean is not ours to replace.
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the cache '" + cache.getName() + "' is not shown in JMX: a bean of its name exists already, "
                            + "from another class loader's manager; give one of the managers a URI of its own");
        } catch (InstanceNotFoundException e) {
            LOG.log(System.Logger.Level.DEBUG, "a bean was unregistered by somebody else", e);
        } catch (JMException e) {
            throw new javax.cache.CacheException("JMX refused the bean of the cache '" + cache.getName() + "'", e);
        }
    }

    private ObjectName name() throws JMException {
        return new ObjectName("javax.cache:type=" + type + ",CacheManager="
                + sanitized(cache.getCacheManager().getURI().toString()) + ",Cache=" + sanitized(cache.getName()));
    }

    /** The specification's replacement, and the characters that make a name a pattern or a quotation. */
    private static String sanitized(String text) {
        return text.replaceAll("[,:=\n\r*?\"]", ".");
    }
}
