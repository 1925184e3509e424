package io.github.tieredjcache.examples.tomcat.server;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/** What undeployed applications could leave behind. */
public final class Remains {
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private Remains() {}

    /** The threads of the library, of Netty and of Lettuce that run, by their names. */
    static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("tiered-jcache")
                        || name.startsWith("lettuce")
                        || name.startsWith("globalEvent"))
                .sorted()
                .toList();
    }

    /** The MBeans of caches. */
    static Set<ObjectName> beans() {
        try {
            Set<ObjectName> beans =
                    ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("javax.cache:*"), null);
            beans.addAll(ManagementFactory.getPlatformMBeanServer()
                    .queryNames(new ObjectName("io.github.tieredjcache:*"), null));
            return beans;
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** How many of these class loaders are reachable when the garbage has been collected. */
    static long reachable(List<WeakReference<ClassLoader>> loaders) {
        linkAnotherRecord();
        await(() -> {
            System.gc();
            return loaders.stream().allMatch(each -> each.get() == null);
        });
        return loaders.stream().filter(each -> each.get() != null).count();
    }

    /** Waits until something is so, a minute at most. */
    static boolean await(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    /**
     * Has the methods of a record linked, of a class of its own each time. The JDK keeps the types for which it did so last, on JDK 17
     * strongly: from here on these.
     */
    private static void linkAnotherRecord() {
        URL here = Remains.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {here}, ClassLoader.getPlatformClassLoader())) {
            loader.loadClass(LastRecord.class.getName()).getMethod("link").invoke(null);
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As {@link #linkAnotherRecord} needs it. */
    public record LastRecord(LastRecord of) {
        /** Links its methods. */
        public static String link() {
            LastRecord one = new LastRecord(null);
            LastRecord other = new LastRecord(one);
            return one.equals(other) + " " + other.hashCode() + other;
        }
    }
}
