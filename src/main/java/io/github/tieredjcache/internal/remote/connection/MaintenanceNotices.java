package io.github.tieredjcache.internal.remote.connection;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;

/**
 * Keeps Lettuce from asking servers to announce their maintenance, which it does by itself from 7.0 on: a connection is left as soon
 * as its server is no longer the one to ask, whatever the reason.
 *
 * <p>Lettuce 6.6, which Spring Boot 3.5 brings, does not know of it.
 */
final class MaintenanceNotices {
    private MaintenanceNotices() {}

    static void disable(ClientOptions.Builder options) {
        try {
            Lettuce7.disable(options);
        } catch (LinkageError e) {
            // Nothing that could be asked for.
        }
    }

    /** What an older Lettuce has not, in a class that is linked when it is called and not before. */
    private static final class Lettuce7 {
        static void disable(ClientOptions.Builder options) {
            options.maintNotificationsConfig(MaintNotificationsConfig.disabled());
        }
    }
}
