package io.github.tieredjcache.internal.remote.connection;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;

/**
 * Disables the maintenance notifications that Lettuce requests from servers by default from 7.0 on: the supervisor
 * abandons a connection as soon as its server is no longer the master, whatever the reason.
 *
 * <p>Lettuce 6.6, which Spring Boot 3.5 brings, does not have them.
 */
final class MaintenanceNotices {
    private MaintenanceNotices() {}

    static void disable(ClientOptions.Builder options) {
        try {
            Lettuce7.disable(options);
        } catch (LinkageError e) {
            // Lettuce before 7.0 requests no notifications.
        }
    }

    /** Refers to a class that older versions of Lettuce do not have; linked only when it is called. */
    private static final class Lettuce7 {
        static void disable(ClientOptions.Builder options) {
            options.maintNotificationsConfig(MaintNotificationsConfig.disabled());
        }
    }
}
