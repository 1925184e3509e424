package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.codec.api.KeyCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Values and keys of earlier versions are read, and this version writes the bytes of the newest file, so that the test
 * fails for an unintended change of the format. An intended change needs a new format version and new files.
 */
class GoldenFileTest {
    private static final int BYTES_MAX = 8_000;
    private static final int KINDS_MIN = 200;
    private static final int KEYS_MIN = 60;

    private final Codecs codecs = new Codecs(GoldenFileTest.class.getClassLoader());
    private final KeyCodec<Object> keys = codecs.keys(Object.class, Kinds.rules(), null);

    @Test
    void valuesOfEveryVersionAreReadAndThoseOfThisOneAreWrittenAsBefore() throws Exception {
        Map<String, byte[]> written = new LinkedHashMap<>();
        EncodedKinds.here().bytes().forEach((name, bytes) -> {
            if (bytes.length <= BYTES_MAX) {
                written.put(name, bytes);
            }
        });
        GoldenFile.writeIfRequested("values", written);
        Map<String, Kind> kinds = Kinds.stored().stream().collect(Collectors.toMap(Kind::name, kind -> kind));
        List<String> faults = new ArrayList<>();
        List<Map<String, byte[]>> files = GoldenFile.all("values");
        for (Map<String, byte[]> file : files) {
            assertTrue(file.size() >= KINDS_MIN, file.size() + " kinds");
            file.forEach((name, bytes) -> {
                Kind kind = kinds.get(name);
                String fault = kind == null ? name + " is no kind any more" : EncodedKinds.fault(codecs, kind, bytes);
                if (!fault.isEmpty()) {
                    faults.add(fault);
                }
            });
        }
        files.get(files.size() - 1).forEach((name, bytes) -> {
            if (kinds.containsKey(name)
                    && kinds.get(name).varying().isEmpty()
                    && !Arrays.equals(bytes, written.get(name))) {
                faults.add(name + " is written otherwise");
            }
        });
        assertEquals(List.of(), faults);
    }

    /** Keys have one format only: with another format, a key would be another entry, which a removal would miss. */
    @Test
    void keysAreReadAndWrittenAsInEveryVersion() throws Exception {
        Map<String, byte[]> written = new LinkedHashMap<>();
        for (Object key : KeyCodecTest.keys()) {
            written.put(written.size() + " " + key.getClass().getSimpleName(), keys.encode(key));
        }
        GoldenFile.writeIfRequested("keys", written);
        for (Map<String, byte[]> file : GoldenFile.all("keys")) {
            assertTrue(file.size() >= KEYS_MIN, file.size() + " keys");
            for (Map.Entry<String, byte[]> each : file.entrySet()) {
                Object key = keys.decode(each.getValue());
                assertTrue(KeyCodecTest.keys().contains(key), each.getKey() + " was read as " + key);
                assertArrayEquals(each.getValue(), keys.encode(key), each.getKey());
            }
        }
    }

    /** A value with an unknown version is a miss, whatever bytes follow. */
    @Test
    void aValueOfALaterVersionIsAMiss() throws Exception {
        for (Map<String, byte[]> file : GoldenFile.all("values")) {
            for (Map.Entry<String, byte[]> each : file.entrySet()) {
                byte[] later = each.getValue().clone();
                later[0]++;
                Kind kind = Kind.of(each.getKey(), "");
                String fault = EncodedKinds.fault(codecs, kind, later);
                assertTrue(fault.contains("undecodable: FORMAT"), fault);
            }
        }
    }
}
