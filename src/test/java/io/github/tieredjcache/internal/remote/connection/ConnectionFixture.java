package io.github.tieredjcache.internal.remote.connection;

/** Connection factories that share nothing. */
final class ConnectionFixture {
    private ConnectionFixture() {}

    static ConnectionFactory factory(RemoteOptions options) {
        return new ConnectionFactory(options, System::nanoTime, () -> servers(options));
    }

    static ServerConnections servers(RemoteOptions options) {
        return new ServerConnections(
                options.endpoint().withoutHashTag(),
                options.connectTimeout(),
                System::nanoTime,
                LettuceResources::start);
    }
}
