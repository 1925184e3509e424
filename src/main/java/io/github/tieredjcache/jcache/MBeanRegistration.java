package io.github.tieredjcache.jcache;

import java.lang.management.ManagementFactory;
import java.net.URI;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * The presence of one bean in the platform's MBean server.
 *
 * <p>Guarded by the life cycle lock of whom it shows.
 */
final class MBeanRegistration {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.jmx");
    private static final String STANDARD = "javax.cache";
    private static final String OURS = "io.github.tieredjcache";

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final String shown;
    private final String name;
    private final Object bean;
    private @Nullable ObjectName registered;

    /**
     * Creates a bean's presence, absent at first.
     *
     * @param shown whom it shows, for messages
     */
    private MBeanRegistration(String shown, String name, Object bean) {
        this.shown = shown;
        this.name = name;
        this.bean = bean;
    }

    /**
     * Creates that of a bean of JCache, under the name that JCache prescribes.
     *
     * @param type {@code CacheStatistics} or {@code CacheConfiguration}
     */
    static MBeanRegistration standard(String type, TieredCache<?, ?> cache, Object bean) {
        return of(STANDARD, type, cache, bean);
    }

    /** Creates that of a cache's own bean. */
    static MBeanRegistration tiered(TieredCache<?, ?> cache, Object bean) {
        return of(OURS, "Cache", cache, bean);
    }

    private static MBeanRegistration of(String domain, String type, TieredCache<?, ?> cache, Object bean) {
        return new MBeanRegistration(
                "the cache '" + cache.getName() + "'",
                domain + ":type=" + type + ",CacheManager="
                        + sanitized(cache.getCacheManager().getURI().toString()) + ",Cache="
                        + sanitized(cache.getName()),
                bean);
    }

    /** Creates that of a manager's bean. */
    static MBeanRegistration manager(URI uri, Object bean) {
        return new MBeanRegistration(
                "the cache manager " + uri,
                OURS + ":type=CacheManager,CacheManager=" + sanitized(uri.toString()),
                bean);
    }

    /** Registers or unregisters the bean. */
    void show(boolean visible) {
        try {
            if (visible && registered == null) {
                ObjectName objectName = new ObjectName(name);
                server.registerMBean(bean, objectName);
                registered = objectName;
            } else if (!visible && registered != null) {
                ObjectName objectName = registered;
                registered = null;
                server.unregisterMBean(objectName);
            }
        } catch (InstanceAlreadyExistsException e) {
            // Another application of this JVM has one of the same name; its bean is not ours to replace.
            LOG.log(
                    System.Logger.Level.WARNING,
                    shown + " is not shown in JMX: a bean named " + name + " exists already, "
                            + "from another class loader's manager; give one of the managers a URI of its own");
        } catch (InstanceNotFoundException e) {
            LOG.log(System.Logger.Level.DEBUG, "a bean was unregistered by somebody else", e);
        } catch (JMException e) {
            throw new javax.cache.CacheException("JMX refused the bean of " + shown, e);
        }
    }

    /** The specification's replacement, and the characters that make a name a pattern or a quotation. */
    private static String sanitized(String text) {
        return text.replaceAll("[,:=\n\r*?\"]", ".");
    }
}
