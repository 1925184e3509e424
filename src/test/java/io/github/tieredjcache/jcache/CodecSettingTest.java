package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.JsonCodec;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredCodec;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSettings;
import java.io.Closeable;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.Caching;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The codec of the builder, or of a setting, which the manager's class loader finds. */
class CodecSettingTest {
    private static final AtomicBoolean INITIALISED = new AtomicBoolean();

    @Test
    void theCodecOfTheBuilderMakesTheCopies() {
        try (NearOnly near = new NearOnly()) {
            Cache<String, Basket> cache =
                    near.cache(String.class, Basket.class, settings -> settings.codec(JsonCodec::new));
            Basket basket = new Basket(new ArrayList<>(List.of("tea")));
            cache.put("key", basket);
            basket.lines().add("not cached");
            assertEquals(List.of("tea"), cache.get("key").lines());
            assertNotSame(cache.get("key"), cache.get("key"));
        }
    }

    @Test
    void aValueThatTheCodecCannotDecodeIsRefusedAndNothingIsStored() {
        try (NearOnly near = new NearOnly()) {
            // Jackson can write this class, but not instantiate it.
            Cache<String, Sealed> cache = near.cache(
                    String.class,
                    Sealed.class,
                    settings -> settings.codec(JsonCodec::new).outagePolicy(OutagePolicy.FAIL));
            var refused = assertThrows(CacheException.class, () -> cache.put("key", new Sealed(new int[1])));
            assertTrue(refused.getMessage().contains(Sealed.class.getName()), refused.getMessage());
            assertNull(cache.get("key"));
        }
    }

    @Test
    void aCodecIsClosedWithItsCache() {
        AtomicBoolean closed = new AtomicBoolean();
        try (NearOnly near = new NearOnly()) {
            Cache<String, Basket> cache =
                    near.cache(String.class, Basket.class, settings -> settings.codec(() -> new ClosableCodec(closed)));
            assertFalse(closed.get());
            cache.close();
            assertTrue(closed.get());
        }
    }

    @Test
    void aSettingCanNameTheCodec() {
        Properties properties = NearOnly.properties();
        properties.setProperty("tiered-jcache.codec.class", JsonCodec.class.getName());
        try (CacheManager manager = manager("named", properties)) {
            Cache<String, Basket> cache = manager.createCache(
                    "cache",
                    TieredConfiguration.builder(String.class, Basket.class).build());
            cache.put("key", new Basket(List.of("tea")));
            assertEquals(
                    ArrayList.class, cache.get("key").lines().getClass(), "as Jackson makes it, and Kryo would not");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"com.shop.Nowhere", "$Hidden", "$Abstract", "$WithParameters", "$Failing", "$NoCodec"})
    void aClassThatIsNotACodecIsRefusedWithTheRule(String name) {
        String className = name.startsWith("$") ? CodecSettingTest.class.getName() + name : name;
        Properties properties = NearOnly.properties();
        properties.setProperty("tiered-jcache.codec.class", className);
        try (CacheManager manager = manager("wrong" + name.substring(1), properties)) {
            var configuration =
                    TieredConfiguration.builder(String.class, Basket.class).build();
            var refused =
                    assertThrows(IllegalArgumentException.class, () -> manager.createCache("cache", configuration));
            assertTrue(refused.getMessage().startsWith("codec.class must name a class"), refused.getMessage());
            assertTrue(refused.getMessage().endsWith("was " + className), refused.getMessage());
            assertNull(manager.getCache("cache"));
        }
        assertFalse(INITIALISED.get(), "no code of a class runs that is no codec");
    }

    @Test
    void theSettingMustBeAClassName() {
        for (String wrong : List.of("file:/tmp/codec.jar", "${env}", "com..shop", "a b")) {
            var refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> TieredSettings.from(name -> name.equals("codec.class") ? wrong : null, "a test"));
            assertTrue(refused.getMessage().startsWith("codec.class must be the name"), refused.getMessage());
        }
    }

    @Test
    void theBuilderOverridesTheSetting() {
        Properties properties = NearOnly.properties();
        properties.setProperty("tiered-jcache.codec.class", "com.shop.Nowhere");
        try (CacheManager manager = manager("before", properties)) {
            var configuration = TieredConfiguration.builder(String.class, Basket.class)
                    .codec(JsonCodec::new)
                    .build();
            manager.createCache("cache", configuration).put("key", new Basket(List.of()));
        }
    }

    private CacheManager manager(String name, Properties properties) {
        return Caching.getCachingProvider()
                .getCacheManager(URI.create("codec-" + name), getClass().getClassLoader(), properties);
    }

    record Basket(List<String> lines) {}

    static final class Sealed {
        public final int[] numbers;

        private Sealed(int[] numbers) {
            this.numbers = numbers;
        }
    }

    private static final class ClosableCodec extends Delegating implements Closeable {
        private final AtomicBoolean closed;

        ClosableCodec(AtomicBoolean closed) {
            this.closed = closed;
        }

        @Override
        public void close() {
            closed.set(true);
        }
    }

    /** A base class of codecs. */
    public abstract static class Abstract extends Delegating {
        public Abstract() {}
    }

    /** A codec with a private constructor. */
    public static final class Hidden extends Delegating {
        private Hidden() {}
    }

    /** A codec without a constructor without parameters. */
    public static final class WithParameters extends Delegating {
        public WithParameters(String parameter) {
            assertFalse(parameter.isEmpty());
        }
    }

    /** A codec with a constructor that throws. */
    public static final class Failing extends Delegating {
        public Failing() {
            throw new IllegalStateException("on purpose");
        }
    }

    /** A class that is not a codec. */
    public static final class NoCodec {
        static {
            INITIALISED.set(true);
        }

        public NoCodec() {}
    }

    private static class Delegating implements TieredCodec<Basket> {
        private final JsonCodec<Basket> json = new JsonCodec<>();

        @Override
        public String name() {
            return "delegating";
        }

        @Override
        public byte[] encode(Basket value) throws Exception {
            return json.encode(value);
        }

        @Override
        public Basket decode(byte[] bytes, Class<Basket> type, ClassLoader loader) throws Exception {
            return json.decode(bytes, type, loader);
        }
    }
}
