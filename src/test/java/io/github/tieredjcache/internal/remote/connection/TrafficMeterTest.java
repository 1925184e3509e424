package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How transferred bytes extend deadlines and count as progress. */
class TrafficMeterTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final TrafficMeter traffic = new TrafficMeter(channel);

    TrafficMeterTest() {
        channel.pipeline().addFirst(traffic);
    }

    @AfterEach
    void closes() {
        channel.finishAndReleaseAll();
    }

    @Test
    void eachArrivedByteExtendsTheDeadlineByAMicrosecond() {
        TrafficMeter.Mark mark = traffic.mark(0);
        assertEquals(0, traffic.allowanceNanos(mark));
        assertTrue(traffic.isSilentSince(mark));
        arrives(1_000);
        assertEquals(TimeUnit.MILLISECONDS.toNanos(1), traffic.allowanceNanos(mark));
        assertFalse(traffic.isSilentSince(mark));
    }

    @Test
    void sentBytesCountUpToThoseThatTheCallWaitsFor() {
        TrafficMeter.Mark mark = traffic.mark(100);
        assertTrue(channel.writeOutbound(Unpooled.wrappedBuffer(new byte[5_000])));
        assertEquals(TimeUnit.MICROSECONDS.toNanos(100), traffic.allowanceNanos(mark));
        assertTrue(traffic.isSilentSince(mark), "nothing has arrived");
    }

    @Test
    void theReplyToAnEarlierCallIsProgress() {
        TrafficMeter.Progress progress = traffic.progress();
        assertFalse(progress.hasProgressed());
        arrives(1);
        assertTrue(progress.hasProgressed());
        assertFalse(progress.hasProgressed());
    }

    @Test
    void eachObserverSeesTheProgress() {
        TrafficMeter.Progress progress = traffic.progress();
        TrafficMeter.Progress other = traffic.progress();
        arrives(1);
        assertTrue(progress.hasProgressed());
        assertTrue(other.hasProgressed());
    }

    @Test
    void aWriteIntoAnEmptySocketIsNoProgress() {
        TrafficMeter.Progress progress = traffic.progress();
        assertFalse(progress.hasProgressed());
        assertTrue(channel.writeOutbound(Unpooled.wrappedBuffer(new byte[50])));
        assertFalse(progress.hasProgressed());
    }

    private void arrives(int bytes) {
        assertTrue(channel.writeInbound(Unpooled.wrappedBuffer(new byte[bytes])));
    }
}
