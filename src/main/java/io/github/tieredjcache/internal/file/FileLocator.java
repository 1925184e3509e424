package io.github.tieredjcache.internal.file;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the configuration file of a manager. */
public final class FileLocator {
    /** The name of the file on the class path that is used if no file is named. */
    public static final String DEFAULT_NAME = "tiered-jcache.conf";

    private static final String CLASS_PATH = "classpath";
    private static final Set<String> NETWORK = Set.of("http", "https", "ftp");

    private FileLocator() {}

    /**
     * Returns the file that the manager's URI names, else the file that a property names, else {@value #DEFAULT_NAME}
     * on the class path, else null. A URI names a file if it ends with {@code .conf}, {@code .json} or {@code
     * .properties}, or begins with {@code classpath:}; other URIs are only identifiers.
     *
     * @param managerUri the URI of the manager
     * @param property the value of the property {@code tiered-jcache.config}, null or empty if it is not set
     * @param loader the class loader of the manager
     * @throws IllegalArgumentException if a named file does not exist
     */
    public static @Nullable URL find(URI managerUri, @Nullable String property, ClassLoader loader) {
        if (namesAFile(managerUri.toString())) {
            return required(managerUri.toString(), "the cache manager's URI", loader);
        }
        if (property != null && !property.isBlank()) {
            return required(property, "the property tiered-jcache.config", loader);
        }
        return loader.getResource(DEFAULT_NAME);
    }

    private static boolean namesAFile(String uri) {
        String lower = uri.toLowerCase(Locale.ROOT);
        return lower.startsWith(CLASS_PATH + ":")
                || lower.endsWith(".conf")
                || lower.endsWith(".json")
                || lower.endsWith(".properties");
    }

    private static URL required(String name, String where, ClassLoader loader) {
        URL found = name.startsWith(CLASS_PATH + ":")
                ? loader.getResource(withoutSlash(name.substring(CLASS_PATH.length() + 1)))
                : ofUrlOrPath(name, loader);
        if (found == null) {
            throw new IllegalArgumentException(where + " names the configuration file '" + Credentials.hiddenIn(name)
                    + "', which is neither on the class path nor in the directory " + new File("").getAbsolutePath());
        }
        return found;
    }

    private static @Nullable URL ofUrlOrPath(String name, ClassLoader loader) {
        URI uri = findUri(name);
        if (uri == null) {
            return ofResourceOrPath(name, loader);
        }
        if (NETWORK.contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    "a configuration file must be on the class path or in the file system, was the network address '"
                            + Credentials.hiddenIn(name) + "'");
        }
        try {
            if ("file".equals(uri.getScheme())) {
                // Without a slash behind the colon the path is relative.
                return ofPath(uri.isOpaque() ? new File(uri.getSchemeSpecificPart()) : new File(uri));
            }
            return uri.toURL();
        } catch (IllegalArgumentException | MalformedURLException e) {
            // Not a URL, so the name is a path.
            return ofResourceOrPath(name, loader);
        }
    }

    private static @Nullable URL ofResourceOrPath(String name, ClassLoader loader) {
        URL resource = loader.getResource(withoutSlash(name));
        return resource != null ? resource : ofPath(new File(name));
    }

    /** Returns the name as a URI, null if it is a path; a single letter before a colon is a drive. */
    private static @Nullable URI findUri(String name) {
        try {
            URI uri = URI.create(name.replace('\\', '/').replace(" ", "%20"));
            return uri.getScheme() != null && uri.getScheme().length() > 1 ? uri : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable URL ofPath(File file) {
        try {
            return file.isFile() ? file.toURI().toURL() : null;
        } catch (MalformedURLException e) {
            return null;
        }
    }

    private static String withoutSlash(String path) {
        return path.startsWith("/") ? path.substring(1) : path;
    }
}
