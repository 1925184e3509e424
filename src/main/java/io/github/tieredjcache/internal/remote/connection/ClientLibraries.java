package io.github.tieredjcache.internal.remote.connection;

import io.lettuce.core.LettuceVersion;
import io.netty.util.Version;
import java.util.function.Supplier;
import javax.cache.CacheException;

/** The versions of Lettuce and Netty, for the message if they do not fit together. */
final class ClientLibraries {
    private ClientLibraries() {}

    /** Returns an exception for a class or method of Lettuce or Netty that is missing. */
    static CacheException mismatch(LinkageError missing) {
        return new CacheException(
                "the Redis client cannot start (" + missing + ") with Lettuce " + version(LettuceVersion::getVersion)
                        + " and Netty " + version(ClientLibraries::netty)
                        + ": Lettuce 7 needs Netty 4.2, and Lettuce 6.6 also runs on Netty 4.1; set the version of"
                        + " io.lettuce:lettuce-core or io.netty:netty-bom. On the module path start Java with"
                        + " --add-modules ALL-MODULE-PATH",
                missing);
    }

    private static String netty() {
        Version common =
                Version.identify(ClientLibraries.class.getClassLoader()).get("netty-common");
        return common == null ? "of unknown version" : common.artifactVersion();
    }

    private static String version(Supplier<String> version) {
        try {
            return version.get();
        } catch (LinkageError e) {
            return "missing";
        }
    }
}
