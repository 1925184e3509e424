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
 * Tells in the log what to do about other JCache providers on the class path. {@code Caching.getCachingProvider()} throws where there
 * are several, and says neither which nor what helps; an application that moves here from another provider meets that first.
 */
final class ProviderConflictWarning {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache");
    private static final String SERVICES = "META-INF/services/" + CachingProvider.class.getName();

    private ProviderConflictWarning() {}

    /** Warns if this is called, at any distance, by a search for providers that has found others than this one. */
    static void warn(Class<? extends CachingProvider> own) {
        if (!isSearch()) {
            return;
        }
        Set<String> others = new TreeSet<>();
        // A search is for one of these loaders, as a rule.
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
                            + ". Caching.getCachingProvider() throws as long as there are several. Remove them, or choose this one: by the"
                            + " system property -Djavax.cache.spi.CachingProvider=" + own.getName()
                            + ", in Spring Boot by spring.cache.jcache.provider, in Hibernate by hibernate.javax.cache.provider");
        }
    }

    /** Whether providers are looked for; who names a class makes it without a search, and has chosen. */
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
            LOG.log(System.Logger.Level.DEBUG, "the providers of the class path cannot be read", e);
        }
        return names;
    }

    /** The names in a file of the form that {@link ServiceLoader} describes. */
    private static List<String> names(URL file) throws IOException {
        URLConnection connection = file.openConnection();
        // Or the jar stays open as long as the JVM runs.
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
