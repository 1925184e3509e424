package io.github.tieredjcache.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where replies end, and that the filter takes out what it should and nothing else, however the stream is cut. */
class RespFramesTest {
    private static final String INVALIDATION = ">2\r\n$10\r\ninvalidate\r\n*1\r\n$3\r\nkey\r\n";
    private static final String FLUSH = ">2\r\n$10\r\ninvalidate\r\n_\r\n";
    private static final String MESSAGE = ">3\r\n$7\r\nmessage\r\n$7\r\nchannel\r\n$10\r\ninvalidate\r\n";
    private static final String VALUE_THAT_LOOKS_LIKE_A_PUSH =
            "$" + INVALIDATION.length() + "\r\n" + INVALIDATION + "\r\n";

    private static final List<String> REPLIES = List.of(
            "+OK\r\n",
            "+\r\n",
            "-ERR no\r\n",
            ":-1\r\n",
            "_\r\n",
            ",1.5\r\n",
            "#t\r\n",
            "(3492890328409238509324850943850943825024385\r\n",
            "$5\r\nhe\r\no\r\n",
            "$0\r\n\r\n",
            "$-1\r\n",
            "!5\r\nERR x\r\n",
            "=7\r\ntxt:abc\r\n",
            "*0\r\n",
            "*-1\r\n",
            "*3\r\n$1\r\na\r\n*2\r\n:1\r\n*0\r\n$-1\r\n",
            "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n$1\r\n>\r\n",
            "~2\r\n#f\r\n_\r\n",
            "|1\r\n+ttl\r\n:60\r\n*1\r\n|1\r\n+a\r\n+b\r\n:7\r\n",
            VALUE_THAT_LOOKS_LIKE_A_PUSH);

    @Test
    void theEndOfEachTypeOfReplyIsFound() {
        for (String reply : REPLIES) {
            assertEquals(List.of(reply), split(new RespFrames(), reply), reply);
        }
        assertEquals(REPLIES, split(new RespFrames(), String.join("", REPLIES)));
    }

    @Test
    void aPushIsRecognizedByItsFirstWord() {
        RespFrames frames = new RespFrames();
        split(frames, MESSAGE);
        assertEquals("message", frames.pushKind());
        split(frames, FLUSH);
        assertEquals("invalidate", frames.pushKind());
        split(frames, VALUE_THAT_LOOKS_LIKE_A_PUSH);
        assertFalse(frames.isPush());
        assertEquals(null, frames.pushKind());
        split(frames, ">1\r\n+simple\r\n");
        assertEquals("simple", frames.pushKind());
        split(frames, ">1\r\n*1\r\n+nested\r\n");
        assertEquals("", frames.pushKind());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0016\u0003\u0001\n",
                "\r\n",
                "+\n",
                "$x\r\n",
                "*99999999999999999999\r\n",
                "%9223372036854775807\r\n",
                "$9223372036854775807\r\n"
            })
    void aStreamThatIsNotRespIsReported(String stream) {
        RespFrames frames = new RespFrames();
        split(frames, stream);
        assertTrue(frames.isLost());
        assertEquals(List.of(), split(frames, "+OK\r\n"));
    }

    @Test
    void anEndlessLineOrNestingEndsTheParsing() {
        RespFrames endless = new RespFrames();
        split(endless, "+" + "x".repeat(100_000));
        assertTrue(endless.isLost());
        RespFrames deep = new RespFrames();
        split(deep, "*1\r\n".repeat(100));
        assertTrue(deep.isLost());
    }

    @Test
    void theFilterDropsOneKindOfPushForAnySplitOfTheStream() {
        String stream = INVALIDATION + MESSAGE + VALUE_THAT_LOOKS_LIKE_A_PUSH + FLUSH + "+OK\r\n" + INVALIDATION;
        String rest = MESSAGE + VALUE_THAT_LOOKS_LIKE_A_PUSH + "+OK\r\n";
        byte[] bytes = stream.getBytes(UTF_8);
        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second += 7) {
                PushFilter filter = new PushFilter();
                String passed = pass(filter, bytes, 0, first)
                        + pass(filter, bytes, first, second)
                        + pass(filter, bytes, second, bytes.length);
                assertEquals(rest, passed, "cut at " + first + " and " + second);
                assertEquals(3, filter.dropped());
            }
        }
    }

    @Test
    void theFilterPassesEverythingElse() {
        PushFilter filter = new PushFilter();
        byte[] bytes = (INVALIDATION + "+OK\r\n").getBytes(UTF_8);
        StringBuilder passed = new StringBuilder();
        for (byte each : bytes) {
            passed.append(UTF_8.decode(filter.filter(ByteBuffer.wrap(new byte[] {each}), null)));
        }
        assertEquals(INVALIDATION + "+OK\r\n", passed.toString());
        assertEquals(0, filter.dropped());
    }

    @Test
    void anIncompleteReplyIsPassedOn() {
        PushFilter filter = new PushFilter();
        assertEquals("$10\r\nhalf", pass(filter, "$10\r\nhalf".getBytes(UTF_8), 0, 9));
    }

    @Test
    void aStreamThatIsNotRespIsPassedUnchanged() {
        byte[] bytes = (">1\r\nnonsense\r\n" + INVALIDATION).getBytes(UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            PushFilter filter = new PushFilter();
            String passed = pass(filter, bytes, 0, cut) + pass(filter, bytes, cut, bytes.length);
            assertEquals(new String(bytes, UTF_8), passed, "cut at " + cut);
        }
    }

    private static String pass(PushFilter filter, byte[] bytes, int from, int to) {
        return UTF_8.decode(filter.filter(ByteBuffer.wrap(bytes, from, to - from), "invalidate"))
                .toString();
    }

    private static List<String> split(RespFrames frames, String stream) {
        List<String> ended = new ArrayList<>();
        StringBuilder reply = new StringBuilder();
        for (byte next : stream.getBytes(UTF_8)) {
            reply.append((char) next);
            boolean ends = frames.accept(next);
            assertEquals(ends, frames.isBetweenReplies() && !frames.isLost());
            if (ends) {
                ended.add(reply.toString());
                reply.setLength(0);
            }
        }
        return ended;
    }
}
