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
    @CsvSource({"4096,4096", "4KiB,4096", "16MiB,16777216", "4 KiB,4096", "0,0", "1,1"})
    void whatPeopleWriteIsRead(String text, int bytes) {
        assertEquals(bytes, Sizes.parse(text));
        assertEquals(bytes, Sizes.parse(" " + text + "  "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "4KB", "4kib", "1.5MiB", "KiB", "99999999999", "0x10", "16MiB and more"})
    void whatIsNoSizeIsRefusedWithTheRule(String text) {
        var refused = assertThrows(IllegalArgumentException.class, () -> Sizes.parse(text));
        assertTrue(refused.getMessage().contains("4KiB"), refused.getMessage());
    }

    @Test
    void aSizeBeyondTheIntegersDoesNotWrapAround() {
        assertEquals(Integer.MAX_VALUE, Sizes.parse("9999999999MiB"));
        assertEquals(Integer.MAX_VALUE, Sizes.parse("4096MiB"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1023, 1024, 1025, 4096, 1 << 20, (1 << 20) + 1, 16 << 20})
    void whatIsShownIsReadAsTheSame(int bytes) {
        assertEquals(bytes, Sizes.parse(Sizes.show(bytes)));
    }
}
