package io.github.tieredjcache.internal.support;

import java.security.CodeSource;
import java.util.List;
import java.util.stream.Collectors;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/** The libraries that this one needs, for the message about one that is missing or of another version. */
public final class Libraries {
    private static final List<Library> ALL = List.of(
            new Library("io.lettuce.", "io.lettuce.core.RedisClient"),
            new Library("io.netty.", "io.netty.channel.Channel"),
            new Library("reactor.", "reactor.core.publisher.Mono"),
            new Library("com.github.benmanes.caffeine.", "com.github.benmanes.caffeine.cache.Caffeine"),
            new Library("com.esotericsoftware.", "com.esotericsoftware.kryo.Kryo"),
            new Library("com.typesafe.config.", "com.typesafe.config.ConfigFactory"));

    private Libraries() {}

    /**
     * A library.
     *
     * @param packages how the names of its packages begin
     * @param className of one of its classes
     */
    private record Library(String packages, String className) {
        /** Returns the name of the jar that has the class, null if there is none. */
        @Nullable
        String jar() {
            try {
                CodeSource source = Class.forName(className, false, Libraries.class.getClassLoader())
                        .getProtectionDomain()
                        .getCodeSource();
                return source == null
                        ? null
                        : source.getLocation()
                                .getPath()
                                .replaceFirst("[!/]+$", "")
                                .replaceFirst(".*/", "");
            } catch (ClassNotFoundException | LinkageError e) {
                return null;
            }
        }
    }

    /** Returns an exception with the libraries found and the cure; rethrows an error about a class of other code. */
    public static CacheException explained(LinkageError error) {
        if (!isOurs(error)) {
            throw error;
        }
        return new CacheException(describe(error), error);
    }

    /** Returns the error with the libraries found and the cure. */
    public static String describe(LinkageError error) {
        String found = ALL.stream()
                .map(Library::jar)
                .filter(jar -> jar != null && !jar.isEmpty())
                .collect(Collectors.joining(", "));
        return "a library is missing or has the wrong version (" + error + "); found are " + found
                + "; needed are Lettuce 7 with Netty 4.2, or Lettuce 6.6 also with Netty 4.1, Caffeine 3, Kryo 5 and"
                + " Typesafe Config 1.4; where a platform holds another version, pin it in the build, as by"
                + " io.netty:netty-bom 4.2; on the module path start Java with --add-modules ALL-MODULE-PATH";
    }

    private static boolean isOurs(LinkageError error) {
        String named = String.valueOf(error.getMessage()).replace('/', '.');
        return ALL.stream().anyMatch(each -> named.contains(each.packages));
    }
}
