package io.github.tieredjcache.internal.jmx;

import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The registration of the bean of one cache manager in the platform's MBean server, while a bean of one of its caches is
 * registered.
 *
 * <p>The name of the manager in JMX is its URI; with a number, as {@code tiered-jcache-2}, if another manager of this JVM
 * has that name. Safe for use by many threads.
 */
public final class ManagerRegistration {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.jmx");

    private final URI uri;
    private final Supplier<?> bean;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private int cacheBeans;
    private String name;

    /**
     * Creates the registration. At first the bean is not registered.
     *
     * @param bean creates the bean of the manager, when it is registered: most managers show none, and JMX takes a good
     *     part of a start
     */
    public ManagerRegistration(URI uri, Supplier<?> bean) {
        this.uri = uri;
        this.name = sanitized(uri.toString());
        this.bean = bean;
    }

    static MBeanServer server() {
        return ManagementFactory.getPlatformMBeanServer();
    }

    /** Returns the name of the manager in JMX. Registers the bean of the manager unless a bean of its caches is registered. */
    String acquire() throws JMException {
        lock.lock();
        try {
            if (cacheBeans == 0) {
                register();
            }
            cacheBeans++;
            return name;
        } finally {
            lock.unlock();
        }
    }

    /** Unregisters the bean of the manager if this call is the last of as many as there were of {@link #acquire}. */
    void release() throws JMException {
        lock.lock();
        try {
            cacheBeans--;
            if (cacheBeans == 0) {
                server().unregisterMBean(objectName());
            }
        } catch (InstanceNotFoundException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "the bean of the cache manager " + uri + " was unregistered by other code",
                    e);
        } finally {
            lock.unlock();
        }
    }

    private void register() throws JMException {
        String wanted = sanitized(uri.toString());
        name = wanted;
        for (int number = 2; !tryToRegister(); number++) {
            name = wanted + "-" + number;
        }
        if (!name.equals(wanted)) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "the cache manager " + uri + " is named " + name
                            + " in JMX, because another cache manager of this JVM has its URI");
        }
    }

    /** Registers the bean of the manager; returns false if another bean has its name. */
    private boolean tryToRegister() throws JMException {
        try {
            server().registerMBean(bean.get(), objectName());
            return true;
        } catch (InstanceAlreadyExistsException e) {
            return false;
        }
    }

    private ObjectName objectName() throws JMException {
        return new ObjectName("io.github.tieredjcache:type=CacheManager,CacheManager=" + name);
    }

    /**
     * Replaces the characters that the specification names, and those that make an object name a pattern or a
     * quotation.
     */
    static String sanitized(String text) {
        return text.replaceAll("[,:=\n\r*?\"]", ".");
    }
}
