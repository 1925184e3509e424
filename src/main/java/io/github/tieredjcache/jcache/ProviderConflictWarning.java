package io.github.tieredjcache.jcache;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.cache.spi.CachingProvider;
import org.jspecify.annotations.Nullable;

/**
 * Logs the names of other JCache providers on the class path, and the cure. {@code Caching.getCachingProvider()} throws
 * if there are several providers, but its message has neither names nor cure. An application that migrates from another
 * provider meets this exception first.
 */
final class ProviderConflictWarning {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache");
    private static final String SERVICES = "META-INF/services/" + CachingProvider.class.getName();

    private ProviderConflictWarning() {}

    /**
     * Logs a warning if the call stack has a search for providers, and the class path has other providers than this
     * one.
     */
    static void warn(Class<? extends CachingProvider> own) {
        if (!isSearch()) {
            return;
        }
        Set<String> others = new TreeSet<>();
        // Searches usually use one of these two loaders.
        for (ClassLoader each :
                new @Nullable ClassLoader[] {Thread.currentThread().getContextClassLoader(), own.getClassLoader()}) {
            if (each != null) {
                others.addAll(declared(each));
            }
        }
        others.remove(own.getName());
        if (!others.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "There are other JCache providers on the class path: " + String.join(", ", others)
                            + ". Caching.getCachingProvider() throws if there are several. Remove the others, or select this one: by the"
                            + " system property -Djavax.cache.spi.CachingProvider=" + own.getName()
                            + ", in Spring Boot by spring.cache.jcache.provider, in Hibernate by hibernate.javax.cache.provider");
        }
    }

    /**
     * Returns whether a {@link ServiceLoader} is in the call stack; an application that names the class has chosen a
     * provider.
     */
    private static boolean isSearch() {
        return StackWalker.getInstance()
                .walk(frames ->
                        frames.anyMatch(frame -> frame.getClassName().startsWith(ServiceLoader.class.getName())));
    }

    private static Set<String> declared(ClassLoader loader) {
        Set<String> names = new TreeSet<>();
        try {
            for (URL file : Collections.list(loader.getResources(SERVICES))) {
                names.addAll(names(file));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the JCache providers of the class path cannot be listed", e);
        }
        return names;
    }

    /** Returns the class names of a provider-configuration file of {@link ServiceLoader}. */
    private static List<String> names(URL file) throws IOException {
        URLConnection connection = file.openConnection();
        // A cached connection would keep the jar open until the JVM exits.
        connection.setUseCaches(false);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(name -> !name.isEmpty())
                    .collect(Collectors.toList());
        }
    }
}
