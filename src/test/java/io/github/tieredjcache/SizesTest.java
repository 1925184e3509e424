package io.github.tieredjcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({"4096,4096", "4KiB,4096", "16MiB,16777216", "4 KiB,4096", "0,0", "1,1", "64GiB,68719476736"})
    void sizesWithAndWithoutUnitsAreParsed(String text, long bytes) {
        assertEquals(bytes, Sizes.parse(text));
        assertEquals(bytes, Sizes.parse(" " + text + "  "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "4KB", "4kib", "1.5MiB", "KiB", "99999999999", "0x10", "16MiB and more"})
    void anInvalidSizeIsRefusedWithTheRule(String text) {
        var refused = assertThrows(IllegalArgumentException.class, () -> Sizes.parse(text));
        assertTrue(refused.getMessage().contains("4KiB"), refused.getMessage());
    }

    @Test
    void aSizeBeyondTheIntegersDoesNotWrapAround() {
        assertEquals(9_999_999_999L << 30, Sizes.parse("9999999999GiB"));
        assertEquals(Integer.MAX_VALUE, SettingType.bytes().parse("4096MiB"));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1023, 1024, 1025, 4096, 1 << 20, (1 << 20) + 1, 16 << 20, 3L << 30, 3L << 40})
    void aFormattedSizeIsParsedAsTheSameSize(long bytes) {
        assertEquals(bytes, Sizes.parse(Sizes.show(bytes)));
    }
}
