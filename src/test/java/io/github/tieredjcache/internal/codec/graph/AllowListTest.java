package io.github.tieredjcache.internal.codec.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.Versions;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The list decides by the text of a name alone, before the class loader is asked. */
class AllowListTest {
    private static final int NAME_CHARS_MAX = 1_000;

    private final Recording loader = new Recording();

    private static AllowList list(ClassLoader loader, String... allowed) {
        CodecRules rules = new CodecRules(Object.class, Object.class, List.of(allowed), 100, 100);
        return new AllowList(loader, DescriptorFactory.all(), rules);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[Z", "[[B", "[C", "[S", "[I", "[J", "[[[F", "[D", "[Ljava.lang.String;", "[[Ljava.util.UUID;"})
    void arraysOfPrimitivesAndOfSafeTypesNeedNoRule(String name) {
        assertEquals(name, list(loader).resolve(name).type().getName());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A",
                "I",
                "[LA;",
                "[[LI;",
                "[",
                "[[",
                "[A",
                "[L;",
                "[java.lang.String",
                "Exception",
                ".Exception",
                "java.lang.Thread",
                "[Ljava.lang.Thread;",
                "com.shop.SaleException",
                "sun.misc.SignalException",
                "java.lang.ref.Exception"
            })
    void aNameWithoutRuleIsNeverLookedUp(String name) {
        MalformedException refused =
                assertThrows(MalformedException.class, () -> list(loader).resolve(name));
        assertEquals(UndecodableReason.CLASS_NOT_ALLOWED, refused.reason());
        assertEquals(Set.of(), loader.lookedUp);
    }

    @ParameterizedTest
    @CsvSource({"0, CLASS_CHANGED", "1, LIMIT"})
    void aLongerNameIsNotLookedUpEvenIfARuleAllowsIt(int excess, UndecodableReason reason) {
        String name = "com.shop." + "x".repeat(NAME_CHARS_MAX + excess - "com.shop.".length());
        MalformedException refused = assertThrows(
                MalformedException.class, () -> list(loader, "com.shop.*").resolve(name));
        assertEquals(reason, refused.reason());
        assertEquals(excess == 0 ? Set.of(name) : Set.of(), loader.lookedUp);
    }

    @Test
    void aClassWhoseNameReadersRefuseIsRefusedWhenItIsWritten(@TempDir Path folder) throws Exception {
        String outer = ("p".repeat(99) + ".").repeat(9);
        for (int excess = 0; excess < 2; excess++) {
            String inner = "q".repeat(NAME_CHARS_MAX + excess - outer.length() - ".Order".length());
            try (URLClassLoader own = Versions.load(folder, "package " + outer + inner + "; public class Order { }")) {
                Class<?> type = own.loadClass(outer + inner + ".Order");
                AllowList list = list(own, type.getName());
                if (excess == 0) {
                    assertNull(list.check(type));
                    assertSame(type, list.resolve(type.getName()).type());
                } else {
                    var refused = assertThrows(UnencodableException.class, () -> list.check(type));
                    assertEquals("a class name has 1001 characters, more than 1000", refused.getMessage());
                }
            }
        }
    }

    @Test
    void aTwinOfAnotherLoaderIsRefusedAlsoOnceTheNameIsKnown(@TempDir Path folder) throws Exception {
        try (URLClassLoader own = Versions.load(folder, "public class Order { }");
                URLClassLoader other = Versions.load(folder, "public class Order { }")) {
            AllowList list = list(own, "Order");
            list.check(own.loadClass("Order"));
            Class<?> twin = other.loadClass("Order");
            var refused = assertThrows(UnencodableException.class, () -> list.check(twin));
            assertTrue(refused.getMessage().contains("not the class of that name"), refused.getMessage());
        }
    }

    /** Records the names of the classes that are looked up. */
    private static final class Recording extends ClassLoader {
        private final Set<String> lookedUp = ConcurrentHashMap.newKeySet();

        Recording() {
            super(AllowListTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            lookedUp.add(name);
            return super.loadClass(name, resolve);
        }
    }
}
