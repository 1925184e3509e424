package io.github.tieredjcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.FactoryBuilder;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.event.CacheEntryListener;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.TouchedExpiryPolicy;
import org.junit.jupiter.api.Test;

class TieredConfigurationTest {
    private static TieredConfiguration.Builder<String, Integer> builder() {
        return TieredConfiguration.builder(String.class, Integer.class);
    }

    @Test
    void anOptionThatIsNotSetHasTheDefaultOfJCache() {
        TieredConfiguration<String, Integer> made = builder().build();
        MutableConfiguration<String, Integer> standard =
                new MutableConfiguration<String, Integer>().setTypes(String.class, Integer.class);

        assertEquals(standard.isStoreByValue(), made.isStoreByValue());
        assertEquals(standard.isReadThrough(), made.isReadThrough());
        assertEquals(standard.isWriteThrough(), made.isWriteThrough());
        assertEquals(standard.isStatisticsEnabled(), made.isStatisticsEnabled());
        assertEquals(standard.isManagementEnabled(), made.isManagementEnabled());
        assertEquals(standard.getExpiryPolicyFactory(), made.getExpiryPolicyFactory());
        assertEquals(standard.getCacheLoaderFactory(), made.getCacheLoaderFactory());
        assertEquals(TieredSettings.NONE, made.settings());
    }

    @Test
    void aBuiltConfigurationDoesNotChangeWithItsBuilder() {
        TieredConfiguration.Builder<String, Integer> builder = builder().nearMaximumSize(5);
        TieredConfiguration<String, Integer> built = builder.build();

        builder.nearMaximumSize(6)
                .statistics(true)
                .storeByValue(false)
                .listener(listener())
                .expiry(CreatedExpiryPolicy.factoryOf(javax.cache.expiry.Duration.ONE_DAY));

        assertEquals(5, built.settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertFalse(built.isStatisticsEnabled());
        assertTrue(built.isStoreByValue());
        assertFalse(built.getCacheEntryListenerConfigurations().iterator().hasNext());
        assertEquals(builder().nearMaximumSize(5).build(), built);
    }

    @Test
    void theListenersThatAConfigurationReturnsCannotBeChanged() {
        TieredConfiguration<String, Integer> built =
                builder().listener(listener()).build();
        var listeners = built.getCacheEntryListenerConfigurations().iterator();
        listeners.next();
        assertThrows(UnsupportedOperationException.class, listeners::remove);
        assertTrue(built.getCacheEntryListenerConfigurations().iterator().hasNext());
    }

    @Test
    void aBuilderCanCopyAConfigurationOfAnyClass() {
        MutableConfiguration<String, Integer> standard = new MutableConfiguration<String, Integer>()
                .setTypes(String.class, Integer.class)
                .setStatisticsEnabled(true)
                .setStoreByValue(false)
                .setExpiryPolicyFactory(TouchedExpiryPolicy.factoryOf(javax.cache.expiry.Duration.ONE_HOUR));
        TieredConfiguration<String, Integer> copy = TieredConfiguration.builder(standard)
                .with(TieredSetting.WRITE_WAIT, Duration.ofSeconds(1))
                .build();
        standard.setStatisticsEnabled(false).setStoreByValue(true);

        assertTrue(copy.isStatisticsEnabled());
        assertFalse(copy.isStoreByValue());
        assertEquals(
                TouchedExpiryPolicy.factoryOf(javax.cache.expiry.Duration.ONE_HOUR), copy.getExpiryPolicyFactory());
        assertEquals(copy, TieredConfiguration.builder(copy).build());
    }

    @Test
    void aSettingOfCodeOverridesACompletedOne() {
        TieredSettings lower = TieredSettings.from(
                name -> switch (name) {
                    case "near.maximum-size" -> "99";
                    case "redis.namespace" -> "lower";
                    default -> null;
                },
                "a test");
        TieredSettings inForce =
                builder().nearMaximumSize(1).orElse(lower).build().settings();
        assertEquals(1, inForce.get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals("lower", inForce.get(TieredSetting.REDIS_NAMESPACE));
    }

    @Test
    void aConfigurationSurvivesSerialization() throws Exception {
        TieredConfiguration<String, Integer> before = builder()
                .redisUri("redis://user:s3cret@host")
                .allowedClasses("com.shop.*")
                .nearTimeToLive(Duration.ofMillis(5))
                .with(TieredSetting.CODEC_MAXIMUM_KEY_SIZE, 100)
                .expiry(CreatedExpiryPolicy.factoryOf(javax.cache.expiry.Duration.ONE_DAY))
                .statistics(true)
                .build();

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(before);
        }
        Object after;
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            after = in.readObject();
        }

        assertEquals(before, after);
        assertEquals(before.hashCode(), after.hashCode());
        assertEquals(
                "redis://user:s3cret@host",
                ((TieredConfiguration<?, ?>) after).settings().get(TieredSetting.REDIS_URI));
    }

    @Test
    void aConfigurationShowsNoPassword() {
        assertFalse(builder()
                .redisUri("redis://user:s3cret@host")
                .build()
                .toString()
                .contains("s3cret"));
    }

    @Test
    void configurationsThatDifferInASettingAreNotEqual() {
        assertNotEquals(
                builder().nearMaximumSize(5).build(),
                builder().nearMaximumSize(6).build());
        assertNotEquals(builder().statistics(true).build(), builder().build());
        assertNotEquals(
                builder().redisPassword(() -> "s3cret").build(), builder().build());
    }

    @Test
    void aCopyHasTheSamePasswordFactory() {
        TieredConfiguration<String, Integer> like =
                builder().redisPassword(() -> "s3cret").build();
        TieredConfiguration<String, Integer> copy =
                TieredConfiguration.builder(like).build();
        assertEquals(like, copy);
        assertEquals(like.hashCode(), copy.hashCode());
        assertFalse(copy.toString().contains("s3cret"));
    }

    @Test
    void theBuilderRefusesAValueThatBreaksARule() {
        List<Runnable> wrong = new ArrayList<>();
        wrong.add(() -> builder().nearMaximumSize(0));
        wrong.add(() -> builder().nearMaximumSize(-1));
        wrong.add(() -> builder().nearTimeToLive(Duration.ofMillis(-1)));
        wrong.add(() -> builder().commandTimeout(Duration.ZERO));
        wrong.add(() -> builder().commandTimeout(Duration.ofNanos(1)));
        wrong.add(() -> builder().commandTimeout(Duration.ofSeconds(Long.MAX_VALUE)));
        wrong.add(() -> builder().with(TieredSetting.WRITE_LEASE, Duration.ofDays(100_000)));
        wrong.add(() -> builder().with(TieredSetting.WRITE_WAIT, Duration.ofSeconds(-1)));
        wrong.add(() -> builder().with(TieredSetting.CODEC_MAXIMUM_KEY_SIZE, 0));
        wrong.add(() -> builder().with(TieredSetting.CODEC_MAXIMUM_VALUE_SIZE, -1));
        wrong.add(() -> builder().with(TieredSetting.CODEC_MAXIMUM_VALUE_SIZE, Integer.MAX_VALUE));
        wrong.add(() -> builder().namespace(""));
        wrong.add(() -> builder().allowedClasses("not a class"));
        wrong.add(() -> builder().allowedClasses(""));
        for (Runnable each : wrong) {
            var refused = assertThrows(IllegalArgumentException.class, each::run);
            assertTrue(refused.getMessage().contains(" must "), refused.getMessage());
            assertTrue(refused.getMessage().contains("was "), refused.getMessage());
        }
    }

    @Test
    void theBuilderRefusesNull() {
        List<Runnable> wrong = new ArrayList<>();
        wrong.add(() -> builder().redisUri(null));
        wrong.add(() -> builder().namespace(null));
        wrong.add(() -> builder().commandTimeout(null));
        wrong.add(() -> builder().allowedClasses((String) null));
        wrong.add(() -> builder().loader(null));
        wrong.add(() -> builder().readThrough(null));
        wrong.add(() -> builder().writeThrough(null));
        wrong.add(() -> builder().expiry(null));
        wrong.add(() -> builder().listener(null));
        wrong.add(() -> TieredConfiguration.builder(null, Integer.class));
        wrong.add(() -> TieredConfiguration.builder(String.class, null));
        wrong.add(() -> TieredConfiguration.builder(null));
        for (Runnable each : wrong) {
            assertThrows(NullPointerException.class, each::run);
        }
    }

    @Test
    void aBuilderIsUnchangedAfterItHasRefusedNull() {
        TieredConfiguration.Builder<String, Integer> builder = builder();
        assertThrows(NullPointerException.class, () -> builder.readThrough(null));
        assertThrows(NullPointerException.class, () -> builder.writeThrough(null));
        assertEquals(builder().build(), builder.build());
    }

    private static CacheEntryListenerConfiguration<String, Integer> listener() {
        return new MutableCacheEntryListenerConfiguration<>(FactoryBuilder.factoryOf(Silent.class), null, false, false);
    }

    /** Implements no listener method. */
    public static final class Silent implements CacheEntryListener<String, Integer> {}
}
