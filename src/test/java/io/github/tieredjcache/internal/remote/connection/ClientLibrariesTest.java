package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lettuce.core.LettuceVersion;
import io.netty.util.Version;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

class ClientLibrariesTest {
    private final LinkageError missing = new NoClassDefFoundError("io/netty/channel/MultiThreadIoEventLoopGroup");

    @Test
    void theMessageNamesTheMissingClassTheVersionsAndWhatHelps() {
        CacheException mismatch = ClientLibraries.mismatch(missing);
        assertEquals(
                "the Redis client cannot start (java.lang.NoClassDefFoundError:"
                        + " io/netty/channel/MultiThreadIoEventLoopGroup) with Lettuce " + LettuceVersion.getVersion()
                        + " and Netty "
                        + Version.identify().get("netty-common").artifactVersion()
                        + ": Lettuce 7 needs Netty 4.2, and Lettuce 6.6 also runs on Netty 4.1; set the version of"
                        + " io.lettuce:lettuce-core or io.netty:netty-bom. On the module path start Java with"
                        + " --add-modules ALL-MODULE-PATH",
                mismatch.getMessage());
        assertSame(missing, mismatch.getCause());
    }

    @Test
    void aMissingClassOnTheThreadOfTheClientIsThrownAsItIs() {
        assertSame(
                missing,
                assertThrows(
                        NoClassDefFoundError.class,
                        () -> LettuceResources.onOwnThread(() -> {
                            throw missing;
                        })));
    }
}
