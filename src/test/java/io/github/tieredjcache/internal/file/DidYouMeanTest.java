package io.github.tieredjcache.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class DidYouMeanTest {
    private static final List<String> KNOWN = List.of("node.name", "near.time-to-live", "near.maximum-size");

    @Test
    void aMisspeltNameIsTheOneWithTheFewestEdits() {
        assertEquals("node.name", DidYouMean.to("node-name", KNOWN));
        assertEquals("near.maximum-size", DidYouMean.to("near.max-size", KNOWN));
    }

    @Test
    void aNameThatIsCutOffIsTheShortestThatBeginsSo() {
        assertEquals("near.maximum-size", DidYouMean.to("near.max", KNOWN));
        assertEquals("node.name", DidYouMean.to("n", KNOWN));
    }

    @Test
    void withoutKnownNamesThereIsNone() {
        assertEquals("", DidYouMean.to("any", List.of()));
    }
}
