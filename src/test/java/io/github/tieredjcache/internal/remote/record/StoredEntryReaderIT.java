package io.github.tieredjcache.internal.remote.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries of many lengths, read in flushes of a bounded size. */
class StoredEntryReaderIT {
    private static final int STORED_ENTRY_BYTES_MAX = 4 << 20;
    private static final int ABSENT = 0;
    private static final byte[] NONE = {};
    private static final int WORDS_AT_ONCE = 200;
    private static final List<byte[]> MSET = List.of("MSET".getBytes(UTF_8));

    private static RedisServer redis;
    private static RemoteFixture fixture;
    private static CommandExecutor executor;

    private final List<byte[]> tooLarge = new ArrayList<>();
    private final StoredEntryReader reader = new StoredEntryReader(STORED_ENTRY_BYTES_MAX, tooLarge::add);
    private final List<List<byte[]>> flushes = new ArrayList<>();
    private final List<RedisCommand<?>> sent = new ArrayList<>();
    private int longestYet;

    @BeforeAll
    static void starts() {
        redis = RedisServer.startLocal();
        fixture = new RemoteFixture(redis.uri(), RemoteFixture.LONG_TIMEOUT);
        executor = fixture.executor();
    }

    @AfterAll
    static void ends() {
        fixture.close();
        redis.close();
    }

    @Test
    void noKeyNeedsNoFlush() {
        assertEquals(List.of(), read(List.of()));
        assertEquals(List.of(), flushes);
    }

    @Test
    void manySmallEntriesAreOneFlush() {
        assertRead(500, each -> each % 3 == 0 ? ABSENT : 1_000);
        assertEquals(1, flushes.size());
    }

    @Test
    void longEntriesAreOneFlushForEachMegabyteOnceTheirLengthIsKnown() {
        assertRead(100, each -> 20_000 + each);
        flushes.clear();
        assertRead(100, each -> 20_000 + each);
        assertEquals(2, flushes.size());
    }

    @Test
    void lengthsThatHaveNotOccurredForAWhileAreForgotten() {
        assertRead(100, each -> 20_000);
        for (int round = 0; round < 20; round++) {
            flushes.clear();
            assertRead(100, each -> 100);
        }
        assertEquals(1, flushes.size());
    }

    @Test
    void entriesOfKnownLengthsAreReadByOneCommand() {
        assertRead(499, each -> 1_000);
        assertRead(500, each -> 1_000);
        assertEquals(999, sent.size(), "fewer entries than are asked for do not let expect their lengths");
        sent.clear();
        assertRead(500, each -> each % 3 == 0 ? ABSENT : 1_000);
        assertEquals(List.of("MGET"), names(sent));
    }

    @Test
    void ofEntriesThatHaveBecomeLongerOneReplyIsLong() {
        assertRead(1_000, each -> 100);
        sent.clear();
        assertRead(1_000, each -> 20_000);
        assertEquals("MGET", sent.get(0).name());
        assertEquals(Set.of("GETRANGE"), Set.copyOf(names(sent.subList(1, sent.size()))));
    }

    @Test
    void anEntryThatHasBecomeTooLargeIsTransferredOnce() {
        assertRead(500, each -> 100);
        List<byte[]> keys = store(values(500, each -> each == 7 ? STORED_ENTRY_BYTES_MAX + 10 : 100));
        assertEquals(499, read(keys).stream().filter(Objects::nonNull).count());
        assertArrayEquals(keys.get(7), tooLarge.get(0));
        assertEquals(1, tooLarge.size());
        flushes.clear();
        assertEquals(499, read(keys).stream().filter(Objects::nonNull).count());
        assertTrue(flushes.stream().allMatch(each -> bytes(each) <= STORED_ENTRY_BYTES_MAX + 1), "not transferred");
    }

    @Test
    void afterAFailedReadOfWholeEntriesBeginningsAreRead() {
        assertRead(500, each -> 100);
        List<byte[]> keys = store(values(500, each -> 100));
        Supplier<List<byte @Nullable []>> begun = reader.begin(keys, this::cut);
        assertThrows(CacheException.class, begun::get);
        sent.clear();
        read(keys);
        assertEquals(Set.of("GETRANGE"), Set.copyOf(names(sent)));
    }

    private <T> Supplier<List<T>> cut(List<RedisCommand<T>> commands) {
        assertEquals("MGET", commands.get(0).name());
        return () -> {
            throw new CacheException("the connection was lost");
        };
    }

    @Test
    void longKeysAreSentAMegabyteAtATime() {
        int keyBytes = 4_096;
        List<byte[]> keys = IntStream.range(0, 500)
                .mapToObj(each -> ("%0" + keyBytes + "d").formatted(each).getBytes(UTF_8))
                .toList();
        assertEquals(Collections.nCopies(500, null), read(keys));
        long bytes = sent.stream().mapToLong(RedisCommand::bytes).sum();
        assertEquals(500L * keyBytes, bytes, "else they would all be one flush, whose timeout does not count them");
    }

    @Test
    void oneLongEntryAmongManyIsOneFlushMore() {
        assertRead(500, each -> each == 7 ? 2 << 20 : 200);
        assertEquals(2, flushes.size());
    }

    @Test
    void entriesOfMegabytesComeOneByOne() {
        assertRead(5, each -> (2 << 20) + each);
        assertTrue(flushes.size() <= 7, flushes.size() + " flushes");
    }

    @Test
    void entriesThatAreTooLargeAreReportedAndNotTransferred() {
        List<byte[]> keys = store(values(3, each -> each == 1 ? STORED_ENTRY_BYTES_MAX + 10 : 100));
        List<byte @Nullable []> found = read(keys);
        assertEquals(
                Arrays.asList(true, false, true),
                found.stream().map(each -> each != null).toList());
        assertEquals(1, tooLarge.size());
        assertArrayEquals(keys.get(1), tooLarge.get(0));
    }

    @Test
    void anEntryOfTheLargestLengthIsRead() {
        assertRead(2, each -> STORED_ENTRY_BYTES_MAX);
    }

    @Test
    void keysOfAnotherTypeCountAsAbsent() {
        List<byte[]> keys = store(values(10, each -> 100));
        redis.command("DEL", text(keys.get(3)));
        redis.command("RPUSH", text(keys.get(3)), "a list");
        List<byte @Nullable []> found = read(keys);
        for (int each = 0; each < keys.size(); each++) {
            assertEquals(each != 3, found.get(each) != null, "key " + each);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void entriesOfAnyLengthsAreReadInFlushesOfOneMegabyte(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 3; round++) {
            int usual = 1 << random.nextInt(16);
            int outliers = 1 + random.nextInt(200);
            assertRead(1 + random.nextInt(1_200), each -> {
                boolean isOutlier = random.nextInt(outliers) == 0;
                return random.nextInt(isOutlier ? Math.min(32 * usual, 1 << 20) : 2 * usual);
            });
        }
    }

    /**
     * Stores entries of the lengths given, reads them, and checks them and the flushes: one may be too long if entries
     * are longer than all before.
     */
    private void assertRead(int count, IntUnaryOperator length) {
        List<byte[]> values = values(count, length);
        int longest = values.stream().mapToInt(each -> each.length).max().orElse(0);
        boolean hasLonger = longestYet > 0 && longest > longestYet;
        longestYet = Math.max(longest, longestYet);
        List<byte[]> keys = store(values);
        int before = flushes.size();
        List<byte @Nullable []> found = read(keys);
        assertEquals(count, found.size());
        for (int each = 0; each < count; each++) {
            byte[] value = values.get(each);
            assertArrayEquals(value.length == ABSENT ? null : value, found.get(each), "key " + each);
        }
        List<String> tooLong = flushes.subList(before, flushes.size()).stream()
                .filter(each -> each.size() > 1 && bytes(each) > Flush.BYTES_MAX + each.size())
                .map(each -> each.size() + " values of " + bytes(each) + " bytes")
                .toList();
        assertTrue(tooLong.size() <= (hasLonger ? 1 : 0), tooLong::toString);
        assertEquals(List.of(), tooLarge);
    }

    private static long bytes(List<byte[]> values) {
        return values.stream().mapToLong(each -> each.length).sum();
    }

    private static List<String> names(List<RedisCommand<?>> commands) {
        return commands.stream().map(RedisCommand::name).toList();
    }

    private static List<byte[]> values(int count, IntUnaryOperator length) {
        return IntStream.range(0, count)
                .mapToObj(each -> {
                    byte[] value = new byte[length.applyAsInt(each)];
                    Arrays.fill(value, (byte) each);
                    return value;
                })
                .toList();
    }

    /** Stores the values that are not empty, some at once, and nothing else; returns the keys of all. */
    private static List<byte[]> store(List<byte[]> values) {
        redis.command("FLUSHALL");
        List<byte[]> keys = new ArrayList<>();
        List<byte[]> words = new ArrayList<>(MSET);
        for (byte[] value : values) {
            byte[] key = ("key " + keys.size()).getBytes(UTF_8);
            keys.add(key);
            if (value.length != ABSENT) {
                words.add(key);
                words.add(value);
            }
            if (words.size() > WORDS_AT_ONCE || (keys.size() == values.size() && words.size() > 1)) {
                redis.bytes(words.toArray(byte[][]::new));
                words = new ArrayList<>(MSET);
            }
        }
        return keys;
    }

    private static String text(byte[] key) {
        return new String(key, UTF_8);
    }

    private List<byte @Nullable []> read(List<byte[]> keys) {
        return reader.begin(keys, this::flush).get();
    }

    private <T> Supplier<List<T>> flush(List<RedisCommand<T>> commands) {
        sent.addAll(commands);
        Supplier<List<T>> begun = executor.beginAll(commands);
        return () -> {
            List<T> replies = begun.get();
            flushes.add(replies.stream().flatMap(StoredEntryReaderIT::values).toList());
            return replies;
        };
    }

    /** Returns the value in the reply to one key, or the values in the reply to many. */
    private static Stream<byte[]> values(Object reply) {
        return reply instanceof byte[] value
                ? Stream.of(value)
                : ((List<?>) reply).stream().map(each -> each == null ? NONE : (byte[]) each);
    }
}
