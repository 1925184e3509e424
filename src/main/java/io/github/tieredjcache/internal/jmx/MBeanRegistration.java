package io.github.tieredjcache.internal.jmx;

import java.util.function.Supplier;
import javax.cache.CacheException;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * The registration of one bean of a cache in the platform's MBean server. At first the bean is not registered.
 *
 * <p>Not safe for use by many threads: the lock of the cache guards it.
 */
public final class MBeanRegistration {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.jmx");

    private final ManagerRegistration manager;
    private final String type;
    private final String cacheName;
    private final Supplier<?> bean;
    private @Nullable ObjectName registered;

    private MBeanRegistration(ManagerRegistration manager, String type, String cacheName, Supplier<?> bean) {
        this.manager = manager;
        this.type = type;
        this.cacheName = cacheName;
        this.bean = bean;
    }

    /**
     * Creates the registration of a bean of JCache, under the name that JCache prescribes.
     *
     * @param type {@code CacheStatistics} or {@code CacheConfiguration}
     * @param bean creates the bean, when it is registered
     */
    public static MBeanRegistration standard(
            ManagerRegistration manager, String type, String cacheName, Supplier<?> bean) {
        return new MBeanRegistration(manager, "javax.cache:type=" + type, cacheName, bean);
    }

    /** Creates the registration of the {@code TieredCacheMXBean} of a cache. */
    public static MBeanRegistration tiered(ManagerRegistration manager, String cacheName, Supplier<?> bean) {
        return new MBeanRegistration(manager, "io.github.tieredjcache:type=Cache", cacheName, bean);
    }

    /** Registers or unregisters the bean. */
    public void setRegistered(boolean wanted) {
        try {
            if (wanted && registered == null) {
                register();
            } else if (!wanted && registered != null) {
                unregister(registered);
            }
        } catch (JMException e) {
            throw new CacheException("JMX rejected a bean of the cache '" + cacheName + "'", e);
        }
    }

    private void register() throws JMException {
        ObjectName name = new ObjectName(
                type + ",CacheManager=" + manager.acquire() + ",Cache=" + ManagerRegistration.sanitized(cacheName));
        try {
            ManagerRegistration.server().registerMBean(bean.get(), name);
            registered = name;
        } catch (InstanceAlreadyExistsException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the cache '" + cacheName + "' is not shown in JMX: a bean named " + name
                            + " is already registered; rename the cache");
        } finally {
            if (registered == null) {
                manager.release();
            }
        }
    }

    private void unregister(ObjectName name) throws JMException {
        registered = null;
        try {
            ManagerRegistration.server().unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            LOG.log(System.Logger.Level.DEBUG, "the bean " + name + " was unregistered by other code", e);
        } finally {
            manager.release();
        }
    }
}
