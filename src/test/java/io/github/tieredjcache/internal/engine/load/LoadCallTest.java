package io.github.tieredjcache.internal.engine.load;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.Undeclared;
import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.near.SingleFlight;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.support.ThrottledLog;
import java.io.IOException;
import java.util.Map;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

class LoadCallTest {
    private final FakeClock clock = new FakeClock();
    private final SingleFlights<String, FetchResult<String>> singleFlights = new SingleFlights<>(clock, null);
    private final ThrottledLog log = new ThrottledLog(System.getLogger("io.github.tieredjcache.load"), "orders", clock);

    @Test
    void callersThatJoinedALoadWithoutALeaseGetItsUndeclaredCheckedException() throws Exception {
        IOException users = new IOException("copy");
        SingleFlight<FetchResult<String>> joined = singleFlights.prepare();
        KeyLoad<String, String> load =
                new KeyLoad<>(singleFlights.prepare(), new LoadGrant.Uncoordinated<>("the load of another node"));
        load.begin(new UncoordinatedLoads<String, FetchResult<String>>().join("a", "the load of another node", joined));
        LoadCall<String, String> call = new LoadCall<>(Map.of("a", load), singleFlights, log);
        assertSame(
                users,
                assertThrows(
                        IOException.class,
                        () -> call.run(() -> {
                            throw Undeclared.thrown(users);
                        })));
        var failure = assertThrows(CacheException.class, Crew.start(() -> singleFlights.await(joined))::result);
        assertSame(users, failure.getCause());
    }
}
