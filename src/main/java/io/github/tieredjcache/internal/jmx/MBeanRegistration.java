package io.github.tieredjcache.internal.jmx;

import java.lang.management.ManagementFactory;
import java.net.URI;
import javax.cache.Cache;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * The registration of one bean in the platform's MBean server. At first the bean is not registered.
 *
 * <p>Not safe for use by many threads: the lock of the cache or manager that the bean shows guards it.
 */
public final class MBeanRegistration {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.jmx");
    private static final String JCACHE_DOMAIN = "javax.cache";
    private static final String TIERED_DOMAIN = "io.github.tieredjcache";

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final String owner;
    private final String name;
    private final Object bean;
    private @Nullable ObjectName registered;

    /**
     * Creates the registration.
     *
     * @param owner the cache or manager of the bean, for messages
     */
    private MBeanRegistration(String owner, String name, Object bean) {
        this.owner = owner;
        this.name = name;
        this.bean = bean;
    }

    /**
     * Creates the registration of a bean of JCache, under the name that JCache prescribes.
     *
     * @param type {@code CacheStatistics} or {@code CacheConfiguration}
     */
    public static MBeanRegistration standard(String type, Cache<?, ?> cache, Object bean) {
        return of(JCACHE_DOMAIN, type, cache, bean);
    }

    /** Creates the registration of the {@code TieredCacheMXBean} of a cache. */
    public static MBeanRegistration tiered(Cache<?, ?> cache, Object bean) {
        return of(TIERED_DOMAIN, "Cache", cache, bean);
    }

    private static MBeanRegistration of(String domain, String type, Cache<?, ?> cache, Object bean) {
        return new MBeanRegistration(
                "the cache '" + cache.getName() + "'",
                domain + ":type=" + type + ",CacheManager="
                        + sanitized(cache.getCacheManager().getURI().toString()) + ",Cache="
                        + sanitized(cache.getName()),
                bean);
    }

    /** Creates the registration of the {@code TieredCacheManagerMXBean} of a manager. */
    public static MBeanRegistration manager(URI uri, Object bean) {
        return new MBeanRegistration(
                "the cache manager " + uri,
                TIERED_DOMAIN + ":type=CacheManager,CacheManager=" + sanitized(uri.toString()),
                bean);
    }

    /** Registers or unregisters the bean. */
    public void setRegistered(boolean wanted) {
        try {
            if (wanted && registered == null) {
                ObjectName objectName = new ObjectName(name);
                server.registerMBean(bean, objectName);
                registered = objectName;
            } else if (!wanted && registered != null) {
                ObjectName objectName = registered;
                registered = null;
                server.unregisterMBean(objectName);
            }
        } catch (InstanceAlreadyExistsException e) {
            // The bean of another application in this JVM must not be replaced.
            LOG.log(
                    System.Logger.Level.WARNING,
                    owner + " is not shown in JMX: a bean named " + name + " is already registered by"
                            + " a cache manager of another class loader; give one of the managers a URI of its own");
        } catch (InstanceNotFoundException e) {
            LOG.log(System.Logger.Level.DEBUG, "the bean " + name + " was unregistered by other code", e);
        } catch (JMException e) {
            throw new javax.cache.CacheException("JMX rejected the bean " + name + " of " + owner, e);
        }
    }

    /**
     * Replaces the characters that the specification names, and those that make an object name a pattern or a
     * quotation.
     */
    private static String sanitized(String text) {
        return text.replaceAll("[,:=\n\r*?\"]", ".");
    }
}
