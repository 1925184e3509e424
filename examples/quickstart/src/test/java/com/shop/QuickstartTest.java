package com.shop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class QuickstartTest {
    @Test
    void theFirstCacheReturnsItsValue() {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, UTF_8));
        try {
            FirstCache.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        assertEquals("Paris" + System.lineSeparator(), bytes.toString(UTF_8));
    }

    @Test
    void theCodeOfTheReadmeWorks() throws Exception {
        int before = OrderTable.DATABASE.queries();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        new Main(new PrintStream(bytes, true, UTF_8)).run();

        String printed = bytes.toString(UTF_8);
        assertTrue(printed.contains("configured by code, after 1 query:"), printed);
        assertTrue(printed.contains("Order[id=4711, customer=customer of 4711, cents=4800]"), printed);
        assertEquals(2, OrderTable.DATABASE.queries() - before, printed);
        assertTrue(printed.contains("from Redis") && printed.contains("2 queries of the database."), printed);
    }
}
