package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.support.NanoClock;

/** Connection factories that share nothing. */
final class ConnectionFixture {
    private ConnectionFixture() {}

    static ConnectionFactory factory(RemoteOptions options) {
        return new ConnectionFactory(options, System::nanoTime, () -> servers(options));
    }

    static ServerConnections servers(RemoteOptions options) {
        return servers(options, System::nanoTime);
    }

    static ServerConnections servers(RemoteOptions options, NanoClock clock) {
        return new ServerConnections(
                options.endpoint().withoutHashTag(), options.connectTimeout(), clock, LettuceResources::start);
    }
}
